const MAX_FIELDS = 20;
const MAX_PATH = 200;
/** Deeper fields are not compared; JSON of that depth is no payload of a product. */
const MAX_DEPTH = 100;

/** The path of a payload that differs as a whole. */
const WHOLE = '.';

/** A pattern of a path, of which the fields so far are taken off. */
type Pattern = readonly string[];

/**
 * The paths of the fields in which two payloads differ, such as `items.3.title`: at most 20, of at most 200 characters. An
 * undefined field counts as absent; a pattern such as `items.*.seen_at` leaves out what it matches, with all below it.
 */
export function differingFields(old: unknown, next: unknown, ignored: readonly string[] = []): string[] {
  const found: string[] = [];
  const patterns = ignored.map((pattern) => pattern.split('.'));
  compare(old, next, '', patterns, 0, found);
  return found;
}

function compare(a: unknown, b: unknown, path: string, ignored: readonly Pattern[], depth: number, found: string[]) {
  if (Object.is(a, b) || depth > MAX_DEPTH || found.length === MAX_FIELDS) return;
  if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) {
    found.push(path.slice(0, MAX_PATH) || WHOLE);
    return;
  }
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const below = ignored.length === 0 ? ignored : ignored.filter(([first]) => first === name || first === '*');
    if (below.some(({ length }) => length === 1)) continue;
    const rest = below.map((pattern) => pattern.slice(1));
    compare(fieldOf(a, name), fieldOf(b, name), path ? `${path}.${name}` : name, rest, depth + 1, found);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Own fields only, because a payload may have a field such as `constructor`. */
function fieldOf(value: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}
