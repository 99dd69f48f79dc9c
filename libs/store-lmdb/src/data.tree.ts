import { DAMAGED, type DataFile } from './data.file.js';

/** A page begins with its number (8 bytes), its commit (8), 2 unused bytes, its flags (2) and the space in use. */
const HEADER_BYTES = 24;
const FLAGS = 18;
const LOWER = 20;
const BRANCH = 0x01;
const LEAF = 0x02;
const OVERFLOW = 0x04;
const FIXED_LEAF = 0x22;
/** Flags of a row: its value is on pages of its own, or it is the root of another tree. */
const ON_OVERFLOW = 0x01;
const IS_TREE = 0x02;
/** A row begins with the size of its value (4 bytes), its flags (2) and the size of its key (2). */
const ROW_HEADER_BYTES = 8;
const ROOT_OF_TREE = 40;
/** The root of an empty tree; numbers this high are not exact. */
const NO_PAGE = 2 ** 64;

/**
 * Walks every page that the last commit of a data file refers to, free pages excepted: LMDB has no checksums, reads
 * the missing end of a page as zeros, and dies when a whole page is missing.
 *
 * @returns the flaw, worded to follow "unable to X;"; undefined when there is none
 */
export function flawInTree(file: DataFile): string | undefined {
  try {
    new TreeWalk(file).walk();
    return undefined;
  } catch (error) {
    // A damaged page number leads outside of the page.
    return error instanceof RangeError ? DAMAGED : (error as Error).message;
  }
}

class TreeWalk {
  private readonly seen = new Set<number>();
  private readonly waiting: number[];

  constructor(private readonly file: DataFile) {
    this.waiting = file.meta.roots.filter((root) => root < NO_PAGE);
  }

  walk(): void {
    const buffer = Buffer.alloc(this.file.meta.page_bytes);
    for (let number = this.waiting.pop(); number !== undefined; number = this.waiting.pop()) {
      this.expect(number, 1);
      const page = this.file.page(number, buffer);
      const flags = page.readUInt16LE(FLAGS);
      if (Number(page.readBigUInt64LE(0)) !== number) throw new Error(DAMAGED);
      if (flags === BRANCH) this.branch(page);
      else if (flags === LEAF) this.leaf(page);
      else if (flags !== FIXED_LEAF) throw new Error(DAMAGED);
    }
  }

  private branch(page: Buffer): void {
    for (const row of rowsOf(page)) this.waiting.push(page.readUIntLE(row, 6));
  }

  private leaf(page: Buffer): void {
    for (const row of rowsOf(page)) {
      const flags = page.readUInt16LE(row + 4);
      const value = row + ROW_HEADER_BYTES + page.readUInt16LE(row + 6);
      if (flags & ON_OVERFLOW) this.overflow(page, value);
      else if (flags & IS_TREE) {
        const root = Number(page.readBigUInt64LE(value + ROOT_OF_TREE));
        if (root < NO_PAGE) this.waiting.push(root);
      } else if (value + page.readUInt32LE(row) > page.length) throw new Error(DAMAGED);
    }
  }

  // Only the first page of a long value has a header.
  private overflow(page: Buffer, value: number): void {
    const [number, count] = [value, value + 16].map((at) => Number(page.readBigUInt64LE(at))) as [number, number];
    this.expect(number, count);
    const first = this.file.page(number, Buffer.alloc(page.length));
    if (Number(first.readBigUInt64LE(0)) !== number || first.readUInt16LE(FLAGS) !== OVERFLOW) throw new Error(DAMAGED);
    if (first.readUInt32LE(LOWER) !== count) throw new Error(DAMAGED);
  }

  // A page belongs to one place: meeting it again would be a circle.
  private expect(number: number, count: number): void {
    if (number + count - 1 > this.file.meta.last_page || this.seen.has(number)) throw new Error(DAMAGED);
    if (!this.file.has(number, count)) throw new Error('its end is missing');
    this.seen.add(number);
  }
}

function rowsOf(page: Buffer): number[] {
  const count = page.readUInt16LE(LOWER) / 2;
  return Array.from({ length: count }, (_, n) => HEADER_BYTES + page.readUInt16LE(HEADER_BYTES + n * 2));
}
