import { isDeepStrictEqual } from 'node:util';
import { Logger } from '@nestjs/common';
import { watch, type FSWatcher } from 'chokidar';
import { readFlagFile, type FileFlag } from './flag.file.js';

/** The flags of the flag file as they were read last; without a file there are none. */
export class FlagFileWatch {
  private readonly logger = new Logger('stages');
  private flags: ReadonlyMap<string, FileFlag> = new Map();
  private watcher: FSWatcher | undefined;

  constructor(readonly path: string | undefined) {}

  /** Reads the file for the first time. @throws TypeError when it is not a flag file */
  load(): void {
    this.flags = this.read();
  }

  /** The flag of this name; undefined when the file has none. */
  get(name: string): FileFlag | undefined {
    return this.flags.get(name);
  }

  /** Calls `edited` after each edit of the file, with the names of the flags that differ. A file with an error changes nothing. */
  watch(edited: (names: ReadonlySet<string>) => void): void {
    if (this.path === undefined) return;
    this.watcher = watch(this.path, {
      ignoreInitial: true,
      awaitWriteFinish: { stabilityThreshold: 50, pollInterval: 10 },
    });
    this.watcher.on('all', () => this.readAgain(edited));
    // An edit before the watch began is not reported.
    this.watcher.on('ready', () => this.isStale() && this.readAgain(edited));
  }

  async close(): Promise<void> {
    await this.watcher?.close();
  }

  /** Whether the file differs from what was read; true also when it has an error now. */
  private isStale(): boolean {
    try {
      return !isDeepStrictEqual(this.read(), this.flags);
    } catch {
      return true;
    }
  }

  private read(): ReadonlyMap<string, FileFlag> {
    return this.path === undefined ? new Map<string, FileFlag>() : readFlagFile(this.path);
  }

  private readAgain(edited: (names: ReadonlySet<string>) => void): void {
    try {
      const before = this.flags;
      this.flags = this.read();
      const names = new Set([...before.keys(), ...this.flags.keys()]);
      for (const name of names) if (isDeepStrictEqual(before.get(name), this.flags.get(name))) names.delete(name);
      this.logger.log(`read ${this.path} again`);
      if (names.size > 0) edited(names);
    } catch (error) {
      this.logger.error(`${(error as Error).message}; the stages stay as they are`);
    }
  }
}
