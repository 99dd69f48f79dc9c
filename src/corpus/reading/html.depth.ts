/** Browsers stop at a depth of 512; parsing time grows with length times depth. */
const MAX_DEPTH = 1000;

const VOID = new Set('area base br col embed hr img input link meta param source track wbr'.split(' '));
const RAW = new Set(['script', 'style', 'textarea', 'title']);
const CELLS = ['td', 'th'];
const TERMS = ['dt', 'dd'];
/** The open elements that a start tag closes when their end tags are missing. */
const ENDS: Record<string, readonly string[]> = {
  p: ['p'],
  li: ['li'],
  option: ['option'],
  dt: TERMS,
  dd: TERMS,
  td: CELLS,
  th: CELLS,
  tr: [...CELLS, 'tr'],
};

/** Tells, in linear time, whether a page's elements are nested too deeply. */
export function isTooDeep(html: string): boolean {
  const text = html.toLowerCase();
  const tag = /(\/?)([a-z][^\s/>]*)/y;
  const open: string[] = [];
  // A hostile page has many end tags without start tags; the counts avoid searching for those.
  const counts = new Map<string, number>();
  const begin = (name: string) => {
    counts.set(name, (counts.get(name) ?? 0) + 1);
    return open.push(name);
  };
  const end = () => {
    const name = open.pop()!;
    counts.set(name, counts.get(name)! - 1);
    return name;
  };
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    if (text.startsWith('<!--', at)) {
      at = text.indexOf('-->', at);
      if (at < 0) return false;
      continue;
    }
    at += 1;
    tag.lastIndex = at;
    const [, slash, name] = tag.exec(text) ?? [];
    if (!name || VOID.has(name)) continue;
    if (slash) {
      if (counts.get(name)) while (end() !== name);
    } else if (RAW.has(name)) {
      at = text.indexOf(`</${name}`, at);
      if (at < 0) return false;
    } else {
      while (ENDS[name]?.includes(open.at(-1) ?? '')) end();
      if (begin(name) > MAX_DEPTH) return true;
    }
  }
  return false;
}
