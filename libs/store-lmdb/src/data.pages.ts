import { execFile, type ExecFileException } from 'node:child_process';
import { DAMAGED } from './data.file.js';

/** What the system ends a process with that meets a page which makes no sense. */
const FAULT_SIGNALS: ReadonlySet<string> = new Set(['SIGBUS', 'SIGSEGV', 'SIGABRT', 'SIGFPE', 'SIGILL', 'SIGTRAP']);

/** Reads every row with its value, and of the pages that are free what a write needs of them. */
const VISIT = `
const [, file, path] = process.argv;
const { ABORT, open } = require(file);
const root = open({ path, overlappingSync: false });
const names = [...root.getKeys({})];
if (names.length !== root.getStats().entryCount) throw new Error('tables are missing');
const tables = names.map((name) => root.openDB({ name, encoding: 'binary' }));
for (const table of tables) {
  let rows = 0;
  for (const { value } of table.getRange({})) if (value) rows += 1;
  if (rows !== table.getStats().entryCount) throw new Error('rows are missing');
}
root.transactionSync(() => {
  for (const table of tables) table.putSync('tried', Buffer.alloc(1));
  return ABORT;
});
`;

/**
 * Looks whether LMDB can read all of a data file: it has no checksums, and ends the process that meets a page which makes
 * no sense, so another process has to go first.
 *
 * @returns what is wrong, to be put after "unable to X;"
 */
export function whatIsWrongWithin(folder: string): Promise<string | undefined> {
  const args = ['-e', VISIT, require.resolve('lmdb'), folder];
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error) => resolve(error ? reasonFor(error) : undefined));
  });
}

// A process that could not be started, or that somebody ended, says nothing of the data.
function reasonFor({ code, signal, message }: ExecFileException): string {
  if (signal ? FAULT_SIGNALS.has(signal) : typeof code === 'number') return DAMAGED;
  return `it could not be read through; ${signal ? `the process that did was ended by ${signal}` : message} (start again)`;
}
