import { execFile } from 'node:child_process';

/** What is wrong with a data file whose pages are not whole. */
export const DAMAGED = 'some of it is damaged';

/** Visits every page that leads to a row, and those that are free as far as a write needs them. */
const VISIT = `
const [, file, path] = process.argv;
const { ABORT, open } = require(file);
const root = open({ path, overlappingSync: false });
const names = [...root.getKeys({})];
if (names.length !== root.getStats().entryCount) throw new Error('tables are missing');
const tables = names.map((name) => root.openDB({ name, encoding: 'binary' }));
for (const table of tables) table.getCount({});
root.transactionSync(() => {
  for (const table of tables) table.putSync('tried', Buffer.alloc(1));
  return ABORT;
});
`;

/**
 * Looks whether the pages of a data file are whole: LMDB has no checksums, and ends the process that meets a page which
 * makes no sense, so another process has to go first.
 *
 * @returns what is wrong, to be put after "unable to X;"
 */
export function whatIsWrongWithin(folder: string): Promise<string | undefined> {
  const args = ['-e', VISIT, require.resolve('lmdb'), folder];
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error) => resolve(error ? DAMAGED : undefined));
  });
}
