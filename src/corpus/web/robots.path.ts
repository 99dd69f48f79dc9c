/** What divides a path and what divides a query; every other reserved character is percent-encoded. */
const STRUCTURAL = { path: /[A-Za-z0-9._~/&=+;-]/, query: /[A-Za-z0-9._~&=+;-]/ };
const UNRESERVED = /[A-Za-z0-9._~-]/;
const PART = /%[0-9A-Fa-f]{2}|[^]/g;

/**
 * A path and query in the one form in which rules and addresses are compared (RFC 9309, 2.2.2): unreserved characters
 * as they are, all others percent-encoded in upper case, but for the slashes of the path and what parts the query.
 *
 * @param octets each character is one octet, as in a text that was read as latin1
 * @param isSpecial whether the character has a meaning of its own there, and so is left as it is
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

/** The path of a rule as it is compared; `*` and a `$` at its end keep their meanings. */
export function rulePath(octets: string): string {
  return normalizeOctets(
    octets,
    (character, at) => character === '*' || (character === '$' && at === octets.length - 1),
  );
}

/** An address with the path and query as they are compared; a `*` or `$` of its own means itself. */
export function comparedUrl(url: string): string {
  const { origin, pathname, search } = new URL(url);
  return origin + normalizeOctets(Buffer.from(pathname + search).toString('latin1'), () => false);
}
