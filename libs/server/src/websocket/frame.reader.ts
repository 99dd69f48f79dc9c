import type { LegacyFrame } from '@switchyard/contract';

/** Refuses bytes that are not UTF-8, and drops a byte order mark before the text. */
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads an old client's frame, sent as text or as bytes, with or without white space or a byte order mark around it: a JSON
 * object, else a bare text; undefined when it is neither.
 */
export function readFrame(data: Buffer): LegacyFrame | undefined {
  return frameIn(readValue(data));
}

/** Reads the JSON of an old client's frame, which may be any value, else its bare text; undefined when it is not UTF-8. */
export function readValue(data: Buffer): unknown {
  const text = textOf(data)?.trim();
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** The value as a frame: a JSON object or a text; undefined for any other value. */
export function frameIn(value: unknown): LegacyFrame | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as LegacyFrame) : undefined;
}

/** Whether a text is JSON of any kind. */
export function isJson(text: string | undefined): boolean {
  try {
    JSON.parse(text?.trim() ?? '');
    return true;
  } catch {
    return false;
  }
}

/** The text of a frame, without a byte order mark before it; undefined when it is not UTF-8. */
export function textOf(data: Buffer): string | undefined {
  try {
    return decoder.decode(data);
  } catch {
    return undefined;
  }
}
