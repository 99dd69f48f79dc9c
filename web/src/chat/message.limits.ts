/** The same bound as the server's, which has the last word. */
export const MOST_CHARACTERS = 8000;
/** What a call may weigh, in bytes, less what is around the text. */
const MOST_BYTES = 9500;

/** How much is left to write, in characters, once that is worth knowing; negative when it is too much. */
export function charactersLeft(text: string): number | undefined {
  const bytes = new TextEncoder().encode(JSON.stringify(text)).length;
  const perCharacter = bytes / Math.max(1, text.length);
  const left = Math.min(MOST_CHARACTERS - text.length, Math.floor((MOST_BYTES - bytes) / perCharacter));
  return left < MOST_CHARACTERS / 10 ? left : undefined;
}
