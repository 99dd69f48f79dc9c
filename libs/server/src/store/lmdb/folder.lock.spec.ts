import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderLock } from './folder.lock.js';

describe('the lock of a folder', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'switchyard-'));
    file = join(folder, 'in-use.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const holder = () => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  const leave = (changes: object) => {
    FolderLock.take(folder).release();
    const lock = FolderLock.take(folder);
    const left = { ...holder(), ...changes };
    lock.release();
    writeFileSync(file, JSON.stringify(left));
  };
  const other = async (): Promise<ChildProcess> => {
    const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)'], { stdio: 'pipe' });
    await once(child.stdout, 'data');
    return child;
  };
  const beganAt = (pid: number) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[19];

  it('lets one in at a time and leaves nothing behind', () => {
    const lock = FolderLock.take(folder);
    expect(lock.wasLeft).toBe(false);
    expect(() => FolderLock.take(folder)).toThrow(`unable to open the data in ${folder}; process ${process.pid} on`);
    lock.release();
    const again = FolderLock.take(folder);
    expect(again.wasLeft).toBe(false);
    again.release();
    expect(() => readFileSync(file)).toThrow('ENOENT');
  });

  it('is not given while another process has it, and taken over once that was killed', async () => {
    const child = await other();
    leave({ pid: child.pid, began: beganAt(child.pid!) });
    expect(() => FolderLock.take(folder)).toThrow(new RegExp(`process ${child.pid} on .* delete ${file}`));
    child.kill('SIGKILL');
    await once(child, 'exit');
    const lock = FolderLock.take(folder);
    expect(lock.wasLeft).toBe(true);
    expect(holder().pid).toBe(process.pid);
    lock.release();
  });

  it.each([
    ['another process has the number now', { pid: process.ppid, began: '1' }],
    ['this process has the number now', { began: '1' }],
    ['the machine was started again', { boot: 'another' }],
  ])('is taken over when %s', (_, changes) => {
    leave(changes);
    const lock = FolderLock.take(folder);
    expect(lock.wasLeft).toBe(true);
    lock.release();
  });

  it('is taken over when what is in it cannot be read', () => {
    writeFileSync(file, '');
    const lock = FolderLock.take(folder);
    expect(lock.wasLeft).toBe(true);
    lock.release();
  });
});
