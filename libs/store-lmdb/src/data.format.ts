import type { Database, RootDatabase } from 'lmdb';

/** The version of what the tables hold; a change of it comes with a migration. */
const FORMAT = 2;

/** Brings the data from the format before `to` to `to`, inside the transaction that records it. */
export interface Migration {
  to: number;
  migrate(root: RootDatabase): void;
}

/** One migration for each format after the first. */
const MIGRATIONS: readonly Migration[] = [
  // Since 2 an entry may say whom it is for. What is there stays as it is, but a version that does not know that must
  // not open the data: it would show everybody what is one user's.
  { to: 2, migrate: () => undefined },
];

/** What a data file says about itself. */
interface FormatRow {
  application: 'switchyard';
  format: number;
  /** How often the file was opened; whoever opened it last may write. */
  opening: number;
}

/** The table in which a data file says what it is. */
export type FormatTable = Database<FormatRow, string>;

const KEY = 'format';

/**
 * Checks what the data file says about itself, migrates it, and counts this opening.
 *
 * @returns the number of this opening
 * @throws Error saying what is wrong, to be put after "unable to X;"
 */
export function openFormat(
  root: RootDatabase,
  table: FormatTable,
  current = FORMAT,
  migrations: readonly Migration[] = MIGRATIONS,
): number {
  return root.transactionSync(() => {
    const known = table.get(KEY);
    if (known && known.format > current) {
      throw new Error(
        `it has format ${known.format}, this version knows ${current} and older (use the version that wrote it, or a newer one)`,
      );
    }
    for (let format = known?.format ?? current; format < current; format += 1) {
      const next = migrations.find(({ to }) => to === format + 1);
      if (!next) throw new Error(`nothing brings it from format ${format} to ${format + 1}`);
      next.migrate(root);
    }
    const opening = (known?.opening ?? 0) + 1;
    void table.put(KEY, { application: 'switchyard', format: current, opening }, opening);
    return opening;
  });
}

/** Runs `writes` as part of the next transaction, if this opening is still the last; false when it is not. */
export function writeAs(table: FormatTable, opening: number, writes: () => void): Promise<boolean> {
  return table.ifVersion(KEY, opening, writes);
}
