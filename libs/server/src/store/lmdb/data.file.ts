import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const MAGIC = 0xbeefc0de;
const DATA_VERSION = 2;
/** Where LMDB's description of itself begins on the first two pages. */
const META = 24;
const META_BYTES = 168;
const MOST_PAGE_BYTES = 65_536;

interface DataMeta {
  page_bytes: number;
  last_page: bigint;
  transaction: bigint;
}

/**
 * Looks at a data file before LMDB maps it into memory: LMDB takes an empty file for a new one, and a process that reads
 * a page which is not there is ended by the system.
 *
 * @returns what is wrong with it, to be put after "unable to X;"; undefined when it can be opened
 */
export function whatIsWrongWith(file: string): string | undefined {
  // LMDB writes numbers as the machine has them; how wide they are elsewhere nobody has tried.
  if (process.arch !== 'x64' && process.arch !== 'arm64') return undefined;
  const handle = openSync(file, 'r');
  try {
    const stat = fstatSync(handle);
    if (!stat.isFile()) return 'it is not a file';
    if (stat.size === 0) return 'it is empty';
    const first = readMeta(handle, 0);
    const second = first && readMeta(handle, first.page_bytes);
    if (!first || !second) return 'it is no data file of this program, or its beginning is damaged';
    const { last_page, page_bytes } = first.transaction > second.transaction ? first : second;
    const missing = (last_page + 1n) * BigInt(page_bytes) - BigInt(stat.size);
    return missing > 0n ? `its last ${missing} bytes are missing` : undefined;
  } finally {
    closeSync(handle);
  }
}

function readMeta(handle: number, at: number): DataMeta | undefined {
  const page = Buffer.alloc(META_BYTES);
  if (readSync(handle, page, 0, META_BYTES, at) < META_BYTES) return undefined;
  if (page.readUInt32LE(META) !== MAGIC || page.readUInt16LE(META + 4) !== DATA_VERSION) return undefined;
  const page_bytes = page.readUInt32LE(META + 24);
  if (page_bytes < 256 || page_bytes > MOST_PAGE_BYTES) return undefined;
  return { page_bytes, last_page: page.readBigUInt64LE(META + 120), transaction: page.readBigUInt64LE(META + 128) };
}
