/** The unencoded characters of paths and queries; other reserved characters are percent-encoded. */
const STRUCTURAL = { path: /[A-Za-z0-9._~/&=+;-]/, query: /[A-Za-z0-9._~&=+;-]/ };
const UNRESERVED = /[A-Za-z0-9._~-]/;
const PART = /%[0-9A-Fa-f]{2}|[^]/g;

/**
 * Normalizes a path and query for comparison (RFC 9309, 2.2.2): unreserved and structural characters stay, all others are
 * percent-encoded in upper case.
 *
 * @param octets the text, decoded as latin1
 * @param isSpecial tells whether a character has a special meaning at its position and stays unencoded
 */
function normalizeOctets(octets: string, isSpecial: (character: string, at: number) => boolean): string {
  let place: keyof typeof STRUCTURAL = 'path';
  return octets.replace(PART, (part, at: number) => {
    if (part.length === 3) {
      const character = String.fromCharCode(parseInt(part.slice(1), 16));
      return UNRESERVED.test(character) ? character : part.toUpperCase();
    }
    if (isSpecial(part, at) || STRUCTURAL[place].test(part)) return part;
    if (part === '?' && place === 'path') {
      place = 'query';
      return part;
    }
    return `%${part.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });
}

/** Normalizes a rule's path for comparison; `*` and a final `$` keep their meaning. */
export function rulePath(octets: string): string {
  return normalizeOctets(
    octets,
    (character, at) => character === '*' || (character === '$' && at === octets.length - 1),
  );
}

/** Normalizes an address for comparison with rules; its own `*` and `$` are literal. */
export function comparedUrl(url: string): string {
  const { origin, pathname, search } = new URL(url);
  return origin + normalizeOctets(Buffer.from(pathname + search).toString('latin1'), () => false);
}
