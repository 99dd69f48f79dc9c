import { linkSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

const FILE = 'in-use.json';

/** The process that has a folder open. */
interface Holder {
  pid: number;
  host: string;
  /** Which start of the machine, and when after it the process began; undefined where the system does not tell. */
  boot?: string;
  began?: string;
}

/** The folders this process has open. */
const held = new Set<string>();

/** Keeps a folder to one process; what a process that crashed left behind is taken over. */
export class FolderLock {
  private constructor(
    private readonly folder: string,
    /** Whether the process before this one ended without letting go. */
    readonly wasLeft: boolean,
  ) {}

  /** @throws Error naming the process that has the folder open */
  static take(folder: string): FolderLock {
    const path = realpathSync(folder);
    const file = join(path, FILE);
    const mine = JSON.stringify(self());
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, `${mine}\n`);
    try {
      const before = putInPlace(draft, file);
      if (before && isAlive(before, path)) throw refusal(folder, file, before);
      if (before) renameSync(draft, file);
      // Two processes may have found the same lock left behind; the one that came last has it.
      if (readFileSync(file, 'utf8').trim() !== mine) throw refusal(folder, file, readHolder(file));
      held.add(path);
      return new FolderLock(path, before !== undefined);
    } finally {
      rmSync(draft, { force: true });
    }
  }

  /** Lets go of the folder. */
  release(): void {
    if (held.delete(this.folder)) rmSync(join(this.folder, FILE), { force: true });
  }
}

/** Makes `draft` the lock unless there is one already, which is returned then. */
function putInPlace(draft: string, file: string): Holder | undefined {
  try {
    linkSync(draft, file);
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readHolder(file);
  }
}

// What cannot be read was left by a process that died while it wrote.
function readHolder(file: string): Holder {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    return { pid: 0, host: 'another host' };
  }
}

function refusal(folder: string, file: string, { pid, host }: Holder): Error {
  return new Error(
    `unable to open the data in ${folder}; process ${pid} on ${host} has it open ` +
      `(stop it, or give this one a DATA_DIR of its own; if there is no such process, delete ${file})`,
  );
}

function isAlive({ pid, boot, began }: Holder, path: string): boolean {
  const here = self();
  if (!(pid > 0) || boot !== here.boot) return false;
  // A process in a fresh container easily has the number that its predecessor had.
  if (pid === process.pid) return began === here.began && (began !== undefined || held.has(path));
  if (began !== undefined) return began === beginningOf(pid);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function self(): Holder {
  const boot = readSystem('/proc/sys/kernel/random/boot_id')?.trim();
  const began = beginningOf(process.pid);
  return { pid: process.pid, host: hostname(), ...(boot && { boot }), ...(began && { began }) };
}

function beginningOf(pid: number): string | undefined {
  // The name in the second field may have spaces in it.
  return readSystem(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ')[19];
}

function readSystem(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
