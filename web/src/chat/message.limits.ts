/** The server's limit, which is authoritative. */
export const MAX_CHARACTERS = 8000;
/** The size limit of a call in bytes, minus its envelope. */
const MAX_BYTES = 9500;

/** Returns the remaining characters near the limit, negative above it; undefined far below it. */
export function charactersLeft(text: string): number | undefined {
  const bytes = new TextEncoder().encode(JSON.stringify(text)).length;
  const perCharacter = bytes / Math.max(1, text.length);
  const left = Math.min(MAX_CHARACTERS - text.length, Math.floor((MAX_BYTES - bytes) / perCharacter));
  return left < MAX_CHARACTERS / 10 ? left : undefined;
}
