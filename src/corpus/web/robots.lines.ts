/** As much as RFC 9309 asks to be read, in characters. */
const LONGEST = 512_000;
/** Each page is tried against every pattern, and one with a `*` may begin to fit at any of its characters. */
const LONGEST_PATTERNS = 20_000;

/**
 * The lines of a robots.txt that are about `userAgent` or about all, each group under one name or both: a parser keeps
 * rules once for each name, and a file may have very many. Undefined when they are more than can be kept to.
 */
export function ownLines(text: string, userAgent: string): string | undefined {
  const wanted = new Set([userAgent.toLowerCase(), '*']);
  const lines: string[] = [];
  let names = new Set<string>();
  let isNaming = false;
  let patterns = 0;
  for (const line of text.slice(0, LONGEST).split(/\r\n?|\n/)) {
    const [field, value] = fieldOf(line);
    if (field === '') continue;
    if (field === 'user-agent') {
      if (!isNaming) names = new Set();
      isNaming = true;
      const name = value.split('/', 1)[0]!.trim().toLowerCase();
      if (wanted.has(name)) names.add(name);
      continue;
    }
    if (isNaming) lines.push(...[...names].map((name) => `User-agent: ${name}`));
    isNaming = false;
    if (names.size === 0) continue;
    if (value.includes('*')) patterns += value.length;
    lines.push(`${field}: ${value}`);
  }
  return patterns > LONGEST_PATTERNS ? undefined : lines.join('\n');
}

function fieldOf(line: string): [field: string, value: string] {
  const said = line.split('#', 1)[0]!;
  const colon = said.indexOf(':');
  return colon < 0 ? ['', ''] : [said.slice(0, colon).trim().toLowerCase(), said.slice(colon + 1).trim()];
}
