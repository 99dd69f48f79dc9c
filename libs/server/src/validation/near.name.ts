/** A name may differ by this part of its letters. */
const TOLERANCE = 0.25;
/** A shorter name is part of too many others. */
const MIN_PART = 4;

/** The one of `names` that was most likely meant by `name`; undefined when none is near. */
export function nearName(name: string, names: readonly string[]): string | undefined {
  const wanted = name.toLowerCase();
  const [nearest] = names
    .map((known) => ({ known, distance: distanceTo(wanted, known.toLowerCase()) }))
    .filter(({ known, distance }) => distance <= Math.max(name.length, known.length) * TOLERANCE)
    .sort((a, b) => a.distance - b.distance);
  return nearest?.known ?? names.find((known) => wanted.length >= MIN_PART && known.toLowerCase().includes(wanted));
}

/** How many letters have to be put in, left out or replaced to make one word of the other (Levenshtein). */
function distanceTo(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [above, letter] of [...a].entries()) {
    const next = [above + 1];
    for (let at = 0; at < b.length; at++) {
      const replaced = row[at]! + (letter === b[at] ? 0 : 1);
      next.push(Math.min(replaced, row[at + 1]! + 1, next[at]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
