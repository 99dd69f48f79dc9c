import type { LegacyFrame } from '@switchyard/contract';

/** Refuses what is no UTF-8. A byte order mark before the text is dropped. */
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * What an old client's frame says, sent as text or as bytes, with whatever white space or byte order mark around it: a
 * JSON object, else a bare text. Undefined when it is neither.
 */
export function readFrame(data: Buffer): LegacyFrame | undefined {
  const text = textOf(data)?.trim();
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'string') return value;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as LegacyFrame) : undefined;
  } catch {
    return text;
  }
}

function textOf(data: Buffer): string | undefined {
  try {
    return decoder.decode(data);
  } catch {
    return undefined;
  }
}
