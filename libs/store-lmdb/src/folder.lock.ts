import { linkSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { isSameProcess, thisProcess, type ProcessMark } from './process.mark.js';

const FILE = 'in-use.json';
/** How long a process that has the folder may take to end, in ms, and how often it is looked after. */
const WAIT_MS = 5000;
const LOOK_EVERY_MS = 100;

/** The folders this process has open. */
const held = new Set<string>();

const logger = new Logger('store');

/** Keeps a folder to one process; what a process that crashed left behind is taken over. */
export class FolderLock {
  private constructor(
    private readonly folder: string,
    /** Whether the process before this one ended without letting go. */
    readonly wasLeft: boolean,
  ) {}

  /**
   * Takes the folder, after waiting `wait_ms` at most for another process that has it: one that was told to end or was
   * killed needs a moment.
   *
   * @throws Error naming the process that has the folder open
   */
  static async take(folder: string, wait_ms = WAIT_MS): Promise<FolderLock> {
    const until = performance.now() + wait_ms;
    for (let isFirst = true; ; isFirst = false) {
      try {
        return FolderLock.attempt(folder);
      } catch (error) {
        if (!(error instanceof FolderInUse) || error.pid === process.pid || performance.now() >= until) throw error;
        if (isFirst) logger.log(`process ${error.pid} has the data in ${folder} open; it is waited for a moment`);
      }
      await pause(LOOK_EVERY_MS);
    }
  }

  private static attempt(folder: string): FolderLock {
    const path = realpathSync(folder);
    const file = join(path, FILE);
    const mine = JSON.stringify(thisProcess());
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, `${mine}\n`);
    try {
      const before = putInPlace(draft, file);
      if (before && isHeld(before, path)) throw new FolderInUse(folder, file, before);
      if (before) renameSync(draft, file);
      // Two processes may have found the same lock left behind; the one that came last has it.
      if (readFileSync(file, 'utf8').trim() !== mine) throw new FolderInUse(folder, file, readHolder(file));
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

class FolderInUse extends Error {
  readonly pid: number;

  constructor(folder: string, file: string, { pid, host }: ProcessMark) {
    super(
      `unable to open the data in ${folder}; process ${pid} on ${host} has it open ` +
        `(stop it, or give this one a DATA_DIR of its own; if there is no such process, delete ${file})`,
    );
    this.pid = pid;
  }
}

/** Makes `draft` the lock unless there is one already, which is returned then. */
function putInPlace(draft: string, file: string): ProcessMark | undefined {
  try {
    linkSync(draft, file);
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readHolder(file);
  }
}

// What cannot be read was left by a process that died while it wrote.
function readHolder(file: string): ProcessMark {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessMark;
  } catch {
    return { pid: 0, host: 'another host' };
  }
}

function isHeld(holder: ProcessMark, path: string): boolean {
  // Where the system does not tell when a process began, one in a fresh container may have its predecessor's number.
  if (holder.pid === process.pid && holder.began === undefined) return held.has(path);
  return isSameProcess(holder);
}
