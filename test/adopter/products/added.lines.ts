import { spawnSync } from 'node:child_process';

/** How many lines a team has added to its product, and how many it has removed. */
export interface AddedLines {
  added: number;
  removed: number;
}

/** The added lines in words, and whether a team may add so many. */
export interface JudgedLines {
  text: string;
  isWithin: boolean;
}

/** Compares the folders of a product before and after. */
export function addedLines(before: string, after: string): AddedLines {
  // git ends with 1 where files differ.
  const args = ['diff', '--no-index', '--numstat', before, after];
  const { stdout } = spawnSync('git', args, { encoding: 'utf8' });
  const counts = stdout
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split('\t').map(Number));
  return {
    added: counts.reduce((sum, [added = 0]) => sum + added, 0),
    removed: counts.reduce((sum, [, removed = 0]) => sum + removed, 0),
  };
}
