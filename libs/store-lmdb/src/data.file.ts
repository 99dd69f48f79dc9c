import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** The flaw of a data file whose pages are damaged. */
export const DAMAGED = 'some of it is damaged';

const MAGIC = 0xbeefc0de;
const DATA_VERSION = 2;
/** Where LMDB's description of itself begins on the first two pages. */
const META = 24;
const META_BYTES = 168;
/** Where in it the roots of its two trees are: that of free pages, and that of tables. */
const ROOTS = [META + 64, META + 112] as const;
const MAX_PAGE_BYTES = 65_536;

/** The last commit in a data file. */
interface DataMeta {
  page_bytes: number;
  last_page: number;
  transaction: bigint;
  /** The pages its trees begin with. */
  roots: readonly number[];
}

/** A data file as it is on disk, read without mapping it into memory. */
export class DataFile {
  private constructor(
    private readonly handle: number,
    /** Its length in bytes. */
    readonly bytes: number,
    /** Its last commit. */
    readonly meta: DataMeta,
  ) {}

  /**
   * Opens a data file and reads its last commit.
   *
   * @throws Error saying what is wrong with it, worded to follow "unable to X;"
   */
  static open(file: string): DataFile {
    const handle = openSync(file, 'r');
    try {
      const stat = fstatSync(handle);
      if (!stat.isFile()) throw new Error('it is not a file');
      if (stat.size === 0) throw new Error('it is empty');
      const first = readMeta(handle, 0);
      const second = first && readMeta(handle, first.page_bytes);
      if (!first || !second) throw new Error('it is no data file of this program, or its beginning is damaged');
      return new DataFile(handle, stat.size, first.transaction > second.transaction ? first : second);
    } catch (error) {
      closeSync(handle);
      throw error;
    }
  }

  /**
   * Whether it ends before its last page. That alone is no damage: a page that one commit allocated and freed again is
   * never written, and LMDB writes the file no further than its last page in use.
   */
  get isShort(): boolean {
    return this.bytes < (this.meta.last_page + 1) * this.meta.page_bytes;
  }

  /** Whether it holds `count` pages from `page` on, the last one to its last byte. */
  has(page: number, count = 1): boolean {
    return (page + count) * this.meta.page_bytes <= this.bytes;
  }

  /** The bytes of a page; valid until the next call. */
  page(number: number, into: Buffer): Buffer {
    const { page_bytes } = this.meta;
    if (readSync(this.handle, into, 0, page_bytes, number * page_bytes) < page_bytes) throw new Error(DAMAGED);
    return into;
  }

  close(): void {
    closeSync(this.handle);
  }
}

function readMeta(handle: number, at: number): DataMeta | undefined {
  const page = Buffer.alloc(META_BYTES);
  if (readSync(handle, page, 0, META_BYTES, at) < META_BYTES) return undefined;
  if (page.readUInt32LE(META) !== MAGIC || page.readUInt16LE(META + 4) !== DATA_VERSION) return undefined;
  const page_bytes = page.readUInt32LE(META + 24);
  if (page_bytes < 256 || page_bytes > MAX_PAGE_BYTES) return undefined;
  return {
    page_bytes,
    last_page: Number(page.readBigUInt64LE(META + 120)),
    transaction: page.readBigUInt64LE(META + 128),
    roots: ROOTS.map((root) => Number(page.readBigUInt64LE(root))),
  };
}
