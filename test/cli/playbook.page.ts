import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readPage, ROOT } from '../readme/pages.js';

/** One step of a playbook, in the order of the page. */
export type PlaybookStep =
  | { kind: 'before'; state: string; store?: 'away' | 'back' }
  | { kind: 'run'; line: string; code: number }
  | { kind: 'after'; state: string };

const FOLDER = 'migration/playbooks';
const STEP =
  /^Before: `tasks` is at `(?<before>[^`]+)`(?:, and the store is (?<store>away|back))?\.$|^Afterwards: `tasks` is at `(?<after>[^`]+)`\.$|^```bash\n(?<block>[^]*?)^```$/gm;

/** The names of the playbooks. */
export const PLAYBOOKS = readdirSync(join(ROOT, FOLDER)).filter((name) => name !== 'README.md');

const commandOf = (line: string): PlaybookStep => {
  const [, command, code] = /^(.*?)(?: # exits with (\d+))?$/.exec(line)!;
  return { kind: 'run', line: command!, code: Number(code ?? 0) };
};

/** Reads a playbook. @throws Error when a block of commands does not stand between two states */
export function stepsOf(name: string): PlaybookStep[] {
  const steps = [...readPage(`${FOLDER}/${name}`).matchAll(STEP)].flatMap(({ groups }): PlaybookStep[] => {
    const { before, store, after, block } = groups!;
    if (before !== undefined) return [{ kind: 'before', state: before, store: store as 'away' | 'back' | undefined }];
    if (after !== undefined) return [{ kind: 'after', state: after }];
    return block!.trimEnd().split('\n').map(commandOf);
  });
  const isWhole =
    steps[0]?.kind === 'before' && steps.some(({ kind }) => kind === 'run') && steps.at(-1)?.kind === 'after';
  if (!isWhole) throw new Error(`unable to read ${name}; its commands do not stand between "Before" and "Afterwards"`);
  return steps;
}
