/** Begins the escape of a character that a key cannot hold: a control character, which ids of people do not contain. */
const ESCAPE = '\u001a';
/** Half of a surrogate pair: UTF-8 has no form for it, and encoders turn all of them into one character. */
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const escaped = (character: string): string => ESCAPE + character.charCodeAt(0).toString(16).padStart(4, '0');

/** A text as part of a key in UTF-8: different texts stay different, and nearly every text stays unchanged. */
export function keyPart(text: string): string {
  const safe = text.includes(ESCAPE) ? text.replaceAll(ESCAPE, escaped(ESCAPE)) : text;
  return safe.replace(LONE_SURROGATE, escaped);
}

/** The text of a part of a key. */
export function textOfKeyPart(part: string): string {
  if (!part.includes(ESCAPE)) return part;
  const [first = '', ...rest] = part.split(ESCAPE);
  return rest.reduce(
    (text, piece) => text + String.fromCharCode(parseInt(piece.slice(0, 4), 16)) + piece.slice(4),
    first,
  );
}

/**
 * Joins parts into a key; other parts, of the same number, make another key. The separator, a single character, is escaped
 * in all parts but the last.
 */
export function joinKey(separator: string, ...parts: readonly string[]): string {
  return parts
    .map((part, at) => {
      const safe = keyPart(part);
      return at === parts.length - 1 ? safe : safe.replaceAll(separator, escaped(separator));
    })
    .join(separator);
}
