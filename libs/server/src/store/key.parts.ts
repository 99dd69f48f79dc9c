/** Begins what stands for a character that a key cannot hold as it is: a control character, so ids of people have none. */
const ESCAPE = '\u001a';
/** Half of a surrogate pair: UTF-8 has no form for it, and what writes UTF-8 makes all of them one character. */
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const escaped = (character: string): string => ESCAPE + character.charCodeAt(0).toString(16).padStart(4, '0');

/** A text as part of a key that is stored as UTF-8: no two texts become one, and nearly every text stays as it is. */
export function keyPart(text: string): string {
  const safe = text.includes(ESCAPE) ? text.replaceAll(ESCAPE, escaped(ESCAPE)) : text;
  return safe.replace(LONE_SURROGATE, escaped);
}

/** The text that became this part of a key. */
export function textOfKeyPart(part: string): string {
  if (!part.includes(ESCAPE)) return part;
  const [first = '', ...rest] = part.split(ESCAPE);
  return rest.reduce(
    (text, piece) => text + String.fromCharCode(parseInt(piece.slice(0, 4), 16)) + piece.slice(4),
    first,
  );
}

/**
 * One key of several parts, which no other parts of the same number have. All but the last are kept free of the separator,
 * a single character; the last needs not be.
 */
export function joinKey(separator: string, ...parts: readonly string[]): string {
  return parts
    .map((part, at) => {
      const safe = keyPart(part);
      return at === parts.length - 1 ? safe : safe.replaceAll(separator, escaped(separator));
    })
    .join(separator);
}
