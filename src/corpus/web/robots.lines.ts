import { rulePath } from './robots.path.js';

/** As much as RFC 9309 asks to be read, in bytes. */
const LONGEST = 512_000;
/** Each page is tried against every pattern, and one with a `*` may begin to fit at any of its characters. */
const LONGEST_PATTERNS = 20_000;
/** The fields that end a list of names; a sitemap, or whatever else a file may say, must not (RFC 9309, 2.2.4). */
const RULES = new Set(['allow', 'disallow', 'crawl-delay']);

/**
 * The rules of a robots.txt that are about `userAgent` or about all, each group under one name or both: a parser keeps
 * rules once for each name, and a file may have very many. Their paths are in the form in which they are compared.
 * Undefined when they are more than can be kept to.
 */
export function ownLines(body: Buffer, userAgent: string): string | undefined {
  const wanted = new Set([userAgent.toLowerCase(), '*']);
  const lines: string[] = [];
  let names = new Set<string>();
  let isNaming = false;
  let patterns = 0;
  for (const line of octetsOf(body).split(/\r\n?|\n/)) {
    const [field, value] = fieldOf(line);
    if (field === 'user-agent') {
      if (!isNaming) names = new Set();
      isNaming = true;
      const name = value.split(/[\s/]/, 1)[0]!.toLowerCase();
      if (wanted.has(name)) names.add(name);
      continue;
    }
    if (!RULES.has(field)) continue;
    if (isNaming) lines.push(...[...names].map((name) => `User-agent: ${name}`));
    isNaming = false;
    if (names.size === 0) continue;
    if (value.includes('*')) patterns += value.length;
    lines.push(`${field}: ${field === 'crawl-delay' ? value : rulePath(value)}`);
  }
  // A group without a rule forbids nothing, and is a group all the same.
  if (isNaming) lines.push(...[...names].flatMap((name) => [`User-agent: ${name}`, 'Disallow:']));
  return patterns > LONGEST_PATTERNS ? undefined : lines.join('\n');
}

/** The text with a character for each octet, since rules are compared octet by octet; without a byte order mark. */
function octetsOf(body: Buffer): string {
  const [first, second] = body;
  const isWide = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  const bytes = isWide ? Buffer.from(new TextDecoder(first === 0xff ? 'utf-16le' : 'utf-16be').decode(body)) : body;
  return bytes
    .subarray(0, LONGEST)
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '');
}

function fieldOf(line: string): [field: string, value: string] {
  const said = line.split('#', 1)[0]!;
  const colon = said.indexOf(':');
  return colon < 0 ? ['', ''] : [trim(said.slice(0, colon)).toLowerCase(), trim(said.slice(colon + 1))];
}

// Not `String.trim`, to which the last octet of an "à" is white space.
function trim(octets: string): string {
  return octets.replace(/^[ \t\v\f]+/, '').replace(/[ \t\v\f]+$/, '');
}
