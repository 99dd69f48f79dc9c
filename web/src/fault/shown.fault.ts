import { Fault, RemoteFault } from '@switchyard/contract';

/** A fault as shown to the user. */
export interface ShownFault {
  code: string;
  message: string;
  help: string;
  recoverable: boolean;
  /** Further details from the server. */
  hints: readonly string[];
}

interface KnownDetails {
  fields?: { field: string; rules: string[] }[];
  allowed?: string[];
  retry_after_ms?: number;
}

/** Converts any thrown value into a fault for the user. */
export function shown(thrown: unknown): ShownFault {
  const fault = thrown instanceof RemoteFault ? thrown : Fault.from(thrown);
  const { code, message, help, recoverable, details } = fault;
  return { code, message: capitalize(message), help, recoverable, hints: hintsOf(details ?? {}) };
}

function hintsOf({ fields, allowed, retry_after_ms }: KnownDetails): string[] {
  const hints = Array.isArray(fields) ? fields.map(({ field, rules }) => `${field}: ${rules.join(', ')}`) : [];
  if (Array.isArray(allowed)) hints.push(`Allowed from here: ${allowed.join(', ')}`);
  if (typeof retry_after_ms === 'number') hints.push(`Try again in ${Math.ceil(retry_after_ms / 1000)} s`);
  return hints;
}

/** Capitalizes the first letter. */
export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
