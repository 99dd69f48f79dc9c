import { linkSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { isSameProcess, thisProcess, type ProcessMark } from './process.mark.js';

const FILE = 'in-use.json';
/** How long to wait for the process that has the folder to end, in ms, and how often to look. */
const WAIT_MS = 5000;
const LOOK_EVERY_MS = 100;

/** The folders this process has open. */
const held = new Set<string>();

const logger = new Logger('store');

/** Reserves a folder for one process, and takes over the lock of a process that crashed. */
export class FolderLock {
  private constructor(
    private readonly folder: string,
    /** Whether the previous process ended without releasing the folder. */
    readonly wasLeft: boolean,
  ) {}

  /**
   * Takes the folder, after waiting up to `wait_ms` for another process that has it: a process that is ending or was
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
        if (isFirst) logger.log(`process ${error.pid} has the data in ${folder} open; waiting for it to end`);
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
      // Two processes may have found the same abandoned lock; the later one gets it.
      if (readFileSync(file, 'utf8').trim() !== mine) throw new FolderInUse(folder, file, readHolder(file));
      held.add(path);
      return new FolderLock(path, before !== undefined);
    } finally {
      rmSync(draft, { force: true });
    }
  }

  /** Releases the folder. */
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

/** Makes `draft` the lock unless there is one already; returns the existing one. */
function putInPlace(draft: string, file: string): ProcessMark | undefined {
  try {
    linkSync(draft, file);
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readHolder(file);
  }
}

// An unreadable lock was left by a process that died while it wrote it.
function readHolder(file: string): ProcessMark {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessMark;
  } catch {
    return { pid: 0, host: 'another host' };
  }
}

function isHeld(holder: ProcessMark, path: string): boolean {
  // Where the system hides when a process began, a process in a new container may have its predecessor's number.
  if (holder.pid === process.pid && holder.began === undefined) return held.has(path);
  return isSameProcess(holder);
}
