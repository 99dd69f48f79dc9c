import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { GuideLine } from './guide.block.js';
import { GuideFault } from './guide.fault.js';

/** The files that a reader of the guide has, each line with the line of the guide that it comes from. */
export class GuideFiles {
  private readonly files = new Map<string, readonly GuideLine[]>();

  /** @param adapt changes a line as it is written */
  constructor(
    readonly folder: string,
    private readonly adapt: (text: string) => string,
  ) {}

  /** Writes a whole file. */
  write(path: string, lines: readonly GuideLine[]): void {
    this.files.set(path, lines);
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, lines.map(({ text }) => `${this.adapt(text)}\n`).join(''));
  }

  /** Makes the changes of a diff, whose lines begin with a space, `-` or `+`. @throws GuideFault when it does not fit */
  change(path: string, at: number, diff: readonly GuideLine[]): void {
    const file = this.files.get(path);
    if (!file) throw new GuideFault(at, `the guide has no ${path} so far`);
    let lines = [...file];
    for (const hunk of hunksOf(diff)) lines = changed(lines, hunk, path);
    this.write(path, lines);
  }

  /** The line of the guide from which a line of a file comes; lines of files count from 0. */
  origin(path: string, line: number): number | undefined {
    return this.files.get(path)?.[line]?.at;
  }
}

function hunksOf(diff: readonly GuideLine[]): GuideLine[][] {
  const hunks: GuideLine[][] = [[]];
  for (const line of diff) {
    if (line.text.startsWith('@@')) hunks.push([]);
    else hunks.at(-1)!.push(line);
  }
  return hunks;
}

function changed(lines: readonly GuideLine[], hunk: readonly GuideLine[], path: string): GuideLine[] {
  const [first] = hunk;
  // An editor may have taken the space of an empty line away.
  const marked = hunk.map(({ text, at }) => ({ mark: text[0] ?? ' ', text: text.slice(1), at }));
  const old = marked.filter(({ mark }) => mark !== '+');
  const places = lines.flatMap((_, start) =>
    old.every(({ text }, index) => lines[start + index]?.text === text) ? [start] : [],
  );
  if (places.length !== 1)
    throw new GuideFault(first?.at ?? 0, `these lines are in ${places.length} places of ${path}, not in one`);
  const start = places[0]!;
  let kept = start;
  const made = marked.flatMap(({ mark, text, at }) => {
    if (mark === '+') return [{ text, at }];
    const line = lines[kept]!;
    kept += 1;
    return mark === '-' ? [] : [line];
  });
  return [...lines.slice(0, start), ...made, ...lines.slice(kept)];
}
