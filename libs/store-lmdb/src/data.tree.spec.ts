import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { DAMAGED, DataFile } from './data.file.js';
import { flawInPages } from './data.pages.js';
import { flawInTree } from './data.tree.js';

const PAGE = 4096;
const LONG = 'v'.repeat(20 * PAGE - 100);

describe('a data file read page by page', () => {
  let folder: string;
  let file: string;
  let root: RootDatabase | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'switchyard-'));
    file = join(folder, 'data.mdb');
    root = open({ path: folder, overlappingSync: false, eventTurnBatching: false, pageSize: PAGE });
  });
  afterEach(async () => {
    await root?.close();
    rmSync(folder, { recursive: true });
  });

  const table = () => root!.openDB<string, number>({ name: 'table', encoding: 'string' });
  const end = async () => {
    await root!.close();
    root = undefined;
  };
  const found = (path = file) => {
    const data = DataFile.open(path);
    try {
      return flawInTree(data);
    } finally {
      data.close();
    }
  };
  const cut = (bytes: number) => {
    const copy = join(folder, `cut-${bytes}`);
    mkdirSync(copy);
    copyFileSync(file, join(copy, 'data.mdb'));
    truncateSync(join(copy, 'data.mdb'), bytes);
    return copy;
  };
  /** Writes a long value at the end of the file. */
  const endWithLongValue = async () => {
    // A commit reuses free pages, except for a value that needs more adjacent ones.
    await table().put(1, LONG);
    await table().remove(1);
    await table().put(2, 'short');
    await table().put(3, LONG + LONG);
  };
  const freeRoot = () => {
    const data = DataFile.open(file);
    data.close();
    return data.meta.roots[0]!;
  };

  it('is intact with rows of all sizes, and after they were removed', async () => {
    for (let n = 0; n < 2000; n += 1) void table().put(n, 'x'.repeat((n * 37) % 9000));
    await table().put(2000, LONG);
    expect(found()).toBeUndefined();
    for (let n = 0; n < 2000; n += 3) void table().remove(n);
    await table().remove(2000);
    expect(found()).toBeUndefined();
  });

  it('is damaged when any byte of the pages of a long value is missing', async () => {
    await table().put(1, 'short');
    // The last value is at the end of the file, except for the pages that lead to it.
    await table().put(2, LONG);
    await end();
    const { size } = statSync(file);
    const last = size - PAGE * 8;
    for (let bytes = last; bytes > last - 8 * PAGE; bytes -= 1000) {
      const folder = cut(bytes);
      expect([bytes, found(join(folder, 'data.mdb'))]).toEqual([bytes, 'its end is missing']);
    }
  });

  it('is damaged when the last page of a long value ends too early, and nothing comes after it', async () => {
    await endWithLongValue();
    expect(lastBytes()).toBe('v');
    await end();
    expect(found()).toBeUndefined();
    expect(found(join(cut(statSync(file).size - PAGE / 2 - 1), 'data.mdb'))).toBe('its end is missing');
  });

  it('is damaged when its list of free pages is missing', async () => {
    for (let n = 0; n < 500 && (freeRoot() + 1) * PAGE !== statSync(file).size; n += 1) {
      await table().put(n % 7, 'x'.repeat((n * 997) % 5000));
    }
    expect((freeRoot() + 1) * PAGE).toBe(statSync(file).size);
    await end();
    expect(found()).toBeUndefined();
    expect(found(join(cut(freeRoot() * PAGE), 'data.mdb'))).toBe('its end is missing');
  });

  it.each([
    ['blank', () => Buffer.alloc(PAGE)],
    ['another page', (data: DataFile, page: number) => data.page(page === 5 ? 6 : 5, Buffer.alloc(PAGE))],
  ])('is damaged when a page that leads to rows is %s', async (_, instead) => {
    for (let n = 0; n < 2000; n += 1) void table().put(n, 'x'.repeat(100));
    await table().put(2000, 'last');
    await end();
    const { size } = statSync(file);
    let blanked = 0;
    for (let page = 2; (page + 1) * PAGE <= size; page += 1) {
      const copy = join(cut(size), 'data.mdb');
      const data = DataFile.open(copy);
      const handle = openSync(copy, 'r+');
      writeSync(handle, instead(data, page), 0, PAGE, page * PAGE);
      closeSync(handle);
      data.close();
      const flaw = found(copy);
      expect([undefined, DAMAGED]).toContain(flaw);
      if (flaw) blanked += 1;
      rmSync(join(copy, '..'), { recursive: true });
    }
    expect(blanked).toBeGreaterThan((2000 * 100) / PAGE);
  });

  it('is read by LMDB in another process, which may crash instead of this one', async () => {
    await endWithLongValue();
    await end();
    const { size } = statSync(file);
    expect(await flawInPages(cut(size))).toBeUndefined();
    expect(await flawInPages(cut(size - 8 * PAGE))).toBe(DAMAGED);
  });

  function lastBytes(): string {
    const { size } = statSync(file);
    const data = DataFile.open(file);
    const page = data.page(size / PAGE - 1, Buffer.alloc(PAGE));
    data.close();
    return page.subarray(0, PAGE / 2).every((byte) => byte === 0x76) ? 'v' : '';
  }
});
