import { rulePath } from './robots.path.js';

/** The size that RFC 9309 requires crawlers to read, in bytes. */
const MAX_BYTES = 512_000;
/** The total length of all patterns with a `*`, because every page is matched against each, and slowly. */
const MAX_PATTERNS_LENGTH = 20_000;
/** The fields that end a list of user agents; other fields, such as sitemap, must not (RFC 9309, 2.2.4). */
const RULE_FIELDS = new Set(['allow', 'disallow', 'crawl-delay']);

/**
 * Extracts the rules for `userAgent` and for `*` from a robots.txt, with normalized paths; undefined when the patterns
 * are too long.
 *
 * Other user agents are dropped, because the parser copies the rules for each name.
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
    if (!RULE_FIELDS.has(field)) continue;
    if (isNaming) lines.push(...[...names].map((name) => `User-agent: ${name}`));
    isNaming = false;
    if (names.size === 0) continue;
    if (value.includes('*')) patterns += value.length;
    lines.push(`${field}: ${field === 'crawl-delay' ? value : rulePath(value)}`);
  }
  // A group without rules allows everything, but still takes precedence over `*`.
  if (isNaming) lines.push(...[...names].flatMap((name) => [`User-agent: ${name}`, 'Disallow:']));
  return patterns > MAX_PATTERNS_LENGTH ? undefined : lines.join('\n');
}

/** Decodes the file as latin1, because rules are compared octet by octet; without the byte order mark. */
function octetsOf(body: Buffer): string {
  const [first, second] = body;
  const isWide = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  const bytes = isWide ? Buffer.from(new TextDecoder(first === 0xff ? 'utf-16le' : 'utf-16be').decode(body)) : body;
  return bytes
    .subarray(0, MAX_BYTES)
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '');
}

function fieldOf(line: string): [field: string, value: string] {
  const content = line.split('#', 1)[0]!;
  const colon = content.indexOf(':');
  return colon < 0 ? ['', ''] : [trim(content.slice(0, colon)).toLowerCase(), trim(content.slice(colon + 1))];
}

// `String.trim` would treat the last octet of "à" as white space.
function trim(octets: string): string {
  return octets.replace(/^[ \t\v\f]+/, '').replace(/[ \t\v\f]+$/, '');
}
