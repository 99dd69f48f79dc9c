import type { LegacyFrame } from '@switchyard/contract';

/** Refuses bytes that are not UTF-8, and drops a byte order mark before the text. */
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads an old client's frame, sent as text or as bytes, with or without white space or a byte order mark around it: a JSON
 * object, else a bare text; undefined when it is neither.
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
