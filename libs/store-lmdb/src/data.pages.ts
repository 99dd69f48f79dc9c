import { execFile, type ExecFileException } from 'node:child_process';
import { DAMAGED } from './data.file.js';

/** The signals that end a process which meets a damaged page. */
const FAULT_SIGNALS: ReadonlySet<string> = new Set(['SIGBUS', 'SIGSEGV', 'SIGABRT', 'SIGFPE', 'SIGILL', 'SIGTRAP']);

/** Reads every row with its value, and as much of the free pages as a write would. */
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
 * Checks in another process that LMDB can read all of a data file: it has no checksums, and the system ends a process
 * that meets a damaged page.
 *
 * @returns the flaw, worded to follow "unable to X;"; undefined when there is none
 */
export function flawInPages(folder: string): Promise<string | undefined> {
  const args = ['-e', VISIT, require.resolve('lmdb'), folder];
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error) => resolve(error ? reasonFor(error) : undefined));
  });
}

// A process that did not start, or that somebody killed, proves nothing about the data.
function reasonFor({ code, signal, message }: ExecFileException): string {
  if (signal ? FAULT_SIGNALS.has(signal) : typeof code === 'number') return DAMAGED;
  return `it could not be read through; ${signal ? `the process that did was ended by ${signal}` : message} (start again)`;
}
