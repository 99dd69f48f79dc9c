/** The same bound as the server's, which has the last word. */
export const MAX_CHARACTERS = 8000;
/** What a call may weigh, in bytes, less what is around the text. */
const MAX_BYTES = 9500;

/** How much is left to write, in characters, once that is worth knowing; negative when it is too much. */
export function charactersLeft(text: string): number | undefined {
  const bytes = new TextEncoder().encode(JSON.stringify(text)).length;
  const perCharacter = bytes / Math.max(1, text.length);
  const left = Math.min(MAX_CHARACTERS - text.length, Math.floor((MAX_BYTES - bytes) / perCharacter));
  return left < MAX_CHARACTERS / 10 ? left : undefined;
}
