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
  /** The old wire's use, which stands against a retirement. */
  open?: number;
  days?: number;
  since?: string;
  clients?: { client: string; agent?: string; last_seen_at: string }[];
}

/** Converts any thrown value into a fault for the user. */
export function shown(thrown: unknown): ShownFault {
  const fault = thrown instanceof RemoteFault ? thrown : Fault.from(thrown);
  const { code, message, help, recoverable, details } = fault;
  return { code, message: capitalize(message), help, recoverable, hints: hintsOf(details ?? {}) };
}

function hintsOf({ fields, allowed, retry_after_ms, ...usage }: KnownDetails): string[] {
  const hints = Array.isArray(fields) ? fields.map(({ field, rules }) => `${field}: ${rules.join(', ')}`) : [];
  if (Array.isArray(allowed)) hints.push(`Allowed from here: ${allowed.join(', ')}`);
  if (typeof retry_after_ms === 'number') hints.push(`Try again in ${Math.ceil(retry_after_ms / 1000)} s`);
  return [...hints, ...usageHints(usage)];
}

function usageHints({ open, days, since, clients }: KnownDetails): string[] {
  if (typeof days !== 'number' || !Array.isArray(clients)) return [];
  const observed = since === undefined ? '' : `; it is observed since ${time(since)}`;
  return [
    `Needed: ${days} days without a connection on the old wire${observed}`,
    `Open now: ${open ?? 0}`,
    ...clients.map(
      ({ client, agent, last_seen_at }) => `${client}${agent ? ` (${agent})` : ''}, ${time(last_seen_at)}`,
    ),
  ];
}

function time(at: string): string {
  return new Date(at).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
}

/** Capitalizes the first letter. */
export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
