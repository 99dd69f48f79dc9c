import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLmdbStore } from '@switchyard/store-lmdb';

const ROOT = join(__dirname, '../..');

/** The end of a start that should fail. */
interface FailedStart {
  code: number | string | undefined;
  said: string;
}

/** Starts the application on a folder; a shell in front of it may limit what it can do. */
function start(data: string, limit = ''): Promise<FailedStart> {
  const command = `${limit} exec "$0" -r "$1" "$2"`;
  const args = [process.execPath, join(ROOT, 'test/harness/typescript.cjs'), join(ROOT, 'src/main.ts')];
  const env = { PATH: process.env.PATH, DATA_DIR: data, PORT: '0', LOG_LEVEL: 'error' };
  return new Promise((resolve) => {
    execFile('sh', ['-c', command, ...args], { env, timeout: 50_000 }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? undefined, said: stdout + stderr }),
    );
  });
}

/** Mounts a file system in memory at a folder if this user may; returns a function that unmounts it. */
function mount(folder: string, options: string): (() => void) | undefined {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'none', folder], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  return () => void execFileSync('umount', [folder]);
}

describe('the application, started on a folder that cannot hold its data', () => {
  let parent: string;
  let data: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'switchyard-'));
    data = join(parent, 'data');
  });
  afterEach(() => rmSync(parent, { recursive: true }));

  const file = (content: string | Buffer) => {
    mkdirSync(join(data, 'store'), { recursive: true });
    writeFileSync(join(data, 'store', 'data.mdb'), content);
  };
  const TO_DO = /\((restore it from a backup, or move \S+ away to begin with an empty store)\)$/;
  const ELSEWHERE = /\(.*set DATA_DIR to .*\)$/;

  it.each<[string, () => void, string, RegExp]>([
    ['an empty file', () => file(''), 'it is empty', TO_DO],
    ['a text', () => file('hello'), 'it is no data file of this program', TO_DO],
    ['junk', () => file(Buffer.alloc(100_000, 'junk')), 'it is no data file of this program', TO_DO],
    [
      'a folder in the place of the file',
      () => mkdirSync(join(data, 'store', 'data.mdb'), { recursive: true }),
      'it is not a file',
      TO_DO,
    ],
    ['a file in the place of the folder', () => writeFileSync(data, ''), 'a file is in the place of', ELSEWHERE],
    [
      'a folder in the place of the admin token',
      () => mkdirSync(join(data, 'admin-token'), { recursive: true }),
      'a folder is in the place of',
      ELSEWHERE,
    ],
    [
      'a file in the place of the folder within',
      () => {
        mkdirSync(data);
        writeFileSync(join(data, 'store'), '');
      },
      'a file is in the place of',
      ELSEWHERE,
    ],
  ])('%s, reports in one sentence what is wrong and what to do, and ends', async (_, make, reason, whatToDo) => {
    make();
    const { code, said } = await start(data);
    expect(said.trim().split('\n')).toHaveLength(1);
    expect(said).toMatch(/^unable to /);
    expect(said).toContain(reason);
    expect(said.trim()).toMatch(whatToDo);
    expect(code).toBe(1);
  });

  it('on a read-only file system, reports that', async () => {
    mkdirSync(data);
    // Root can write despite the mode, but can mount; for a user who cannot mount, the mode is enough.
    const unmount = mount(data, 'ro');
    if (!unmount) chmodSync(data, 0o555);
    try {
      const { code, said } = await start(data);
      expect(said).toMatch(
        /^unable to keep data in \S+; (the file system is read-only|this user may not write there) /,
      );
      expect(said.trim()).toMatch(ELSEWHERE);
      expect(code).toBe(1);
    } finally {
      unmount?.();
      chmodSync(data, 0o755);
    }
  });

  it('on a disk with too little free space, reports that', async () => {
    mkdirSync(data);
    const unmount = mount(data, 'size=20m');
    const expected = /^unable to open \S+; only \d+ MB are free there, 128 MB have to be \(.*set DATA_DIR to .*\)$/;
    try {
      if (unmount) {
        const { code, said } = await start(data);
        expect(said.trim()).toMatch(expected);
        expect(code).toBe(1);
      }
      // The same case for a user who cannot mount.
      const space = { shortage: 'only 19 MB are free there, 128 MB have to be' };
      await expect(openLmdbStore(join(data, 'store'), space)).rejects.toThrow(expected);
    } finally {
      unmount?.();
    }
  });

  it('in which no file may grow, reports that', async () => {
    mkdirSync(data);
    writeFileSync(join(data, 'admin-token'), 'an-admin-token-for-tests\n');
    const { code, said } = await start(data, "trap '' XFSZ; ulimit -f 4;");
    expect(said).toMatch(/^unable to keep data in .*; the file may not grow any more \(raise the limit.*\)\n$/);
    expect(code).toBe(1);
  });
});
