import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { FolderLock } from './folder.lock.js';
import { until } from '../../../test/harness/until.js';

describe('the lock of a folder', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'switchyard-'));
    file = join(folder, 'in-use.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const holder = () => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  const leave = async (changes: object) => {
    const lock = await FolderLock.take(folder);
    const left = { ...holder(), ...changes };
    lock.release();
    writeFileSync(file, JSON.stringify(left));
  };
  const other = async (): Promise<ChildProcess> => {
    const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)'], { stdio: 'pipe' });
    await once(child.stdout, 'data');
    return child;
  };
  const statOf = (pid: number) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
  const beganAt = (pid: number) => statOf(pid)[19];
  const stateOf = (pid: number) => statOf(pid)[0];
  // The program that replaces the shell by `exec` does not know the child.
  const childOfCarelessParent = async (): Promise<{ parent: ChildProcess; pid: number }> => {
    const parent = spawn('sh', ['-c', 'sleep 1000 & echo $!; exec sleep 1000'], { stdio: 'pipe' });
    const [pid] = (await once(parent.stdout, 'data')) as [Buffer];
    const name = () => readFileSync(`/proc/${parent.pid}/comm`, 'utf8').trim();
    await until('the shell replaced', () => name() === 'sleep');
    return { parent, pid: Number(pid) };
  };

  it('is held by one at a time and leaves nothing behind', async () => {
    const lock = await FolderLock.take(folder);
    expect(lock.wasLeft).toBe(false);
    await expect(FolderLock.take(folder)).rejects.toThrow(
      `unable to open the data in ${folder}; process ${process.pid} on`,
    );
    lock.release();
    const again = await FolderLock.take(folder);
    expect(again.wasLeft).toBe(false);
    again.release();
    expect(() => readFileSync(file)).toThrow('ENOENT');
  });

  it('is refused while another process holds it, and taken over once that process was killed', async () => {
    const child = await other();
    await leave({ pid: child.pid, began: beganAt(child.pid!) });
    await expect(FolderLock.take(folder, 0)).rejects.toThrow(new RegExp(`process ${child.pid} on .* delete ${file}`));
    child.kill('SIGKILL');
    await once(child, 'exit');
    const lock = await FolderLock.take(folder);
    expect(lock.wasLeft).toBe(true);
    expect(holder().pid).toBe(process.pid);
    lock.release();
  });

  it('is taken over at once from a killed process whose parent has not reaped it', async () => {
    const { parent, pid } = await childOfCarelessParent();
    const began = beganAt(pid);
    process.kill(pid, 'SIGKILL');
    await until('a zombie', () => stateOf(pid) === 'Z');
    await leave({ pid, began });
    const lock = await FolderLock.take(folder, 0);
    expect(lock.wasLeft).toBe(true);
    lock.release();
    parent.kill('SIGKILL');
    await once(parent, 'exit');
  });

  it('is waited for, with a log line, while the process that holds it ends', async () => {
    const log = jest.spyOn(Logger.prototype, 'log').mockImplementation();
    const child = await other();
    await leave({ pid: child.pid, began: beganAt(child.pid!) });
    const taken = FolderLock.take(folder, 60_000);
    taken.catch(() => undefined);
    expect(log).toHaveBeenCalledWith(`process ${child.pid} has the data in ${folder} open; waiting for it to end`);
    child.kill('SIGKILL');
    const lock = await taken;
    expect(lock.wasLeft).toBe(true);
    lock.release();
    log.mockRestore();
  });

  it.each([
    ['another process has the number now', { pid: process.ppid, began: '1' }],
    ['this process has the number now', { began: '1' }],
    ['the machine was started again', { boot: 'another' }],
  ])('is taken over when %s', async (_, changes) => {
    await leave(changes);
    const lock = await FolderLock.take(folder);
    expect(lock.wasLeft).toBe(true);
    lock.release();
  });

  it('is taken over when its content cannot be read', async () => {
    writeFileSync(file, '');
    const lock = await FolderLock.take(folder);
    expect(lock.wasLeft).toBe(true);
    lock.release();
  });
});
