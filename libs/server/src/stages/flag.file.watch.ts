import { isDeepStrictEqual } from 'node:util';
import { Logger } from '@nestjs/common';
import { WatchedFile } from '../file/watched.file.js';
import { readFlagFile, type FileFlag } from './flag.file.js';

/** The flags of the flag file as they were read last; without a file there are none. */
export class FlagFileWatch {
  private readonly logger = new Logger('stages');
  private file: WatchedFile<ReadonlyMap<string, FileFlag>> | undefined;

  constructor(readonly path: string | undefined) {}

  /** Reads the file for the first time. @throws TypeError when it is not a flag file */
  load(): void {
    if (this.path !== undefined) this.file = new WatchedFile(this.path, readFlagFile);
  }

  /** The flag of this name; undefined when the file has none. */
  get(name: string): FileFlag | undefined {
    return this.file?.content.get(name);
  }

  /** The names of the flags in the file. */
  names(): string[] {
    return [...(this.file?.content.keys() ?? [])];
  }

  /** Calls `edited` after each edit of the file, with the names of the flags that differ. A file with an error changes nothing. */
  watch(edited: (names: ReadonlySet<string>) => void): void {
    const { file } = this;
    file?.watch(
      (before) => {
        const names = new Set([...before.keys(), ...file.content.keys()]);
        for (const name of names) if (isDeepStrictEqual(before.get(name), file.content.get(name))) names.delete(name);
        this.logger.log(`read ${file.path} again`);
        if (names.size > 0) edited(names);
      },
      ({ message }) => this.logger.error(`${message}; the stages stay as they are`),
    );
  }

  close(): void {
    this.file?.close();
  }
}
