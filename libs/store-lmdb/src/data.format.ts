import type { Database, RootDatabase } from 'lmdb';

/** The version of what the tables hold; other versions are refused. */
const FORMAT = 2;

/** What a data file says about itself. */
interface FormatRow {
  application: 'switchyard';
  format: number;
  /** How often the file was opened; only the last opening may write. */
  opening: number;
}

/** The table in which a data file says what it is. */
export type FormatTable = Database<FormatRow, string>;

const KEY = 'format';

/**
 * Checks what the data file says about itself, and counts this opening.
 *
 * @returns the number of this opening
 * @throws Error saying what is wrong, worded to follow "unable to X;"
 */
export function openFormat(root: RootDatabase, table: FormatTable, current = FORMAT): number {
  return root.transactionSync(() => {
    const known = table.get(KEY);
    if (known && known.format !== current) {
      const newer = known.format > current ? ', or a newer one' : '';
      throw new Error(
        `it has format ${known.format}, this version knows ${current} only ` +
          `(use the version that wrote it${newer}; or move the folder away to begin with an empty store)`,
      );
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
