import { isDeepStrictEqual } from 'node:util';
import { watch, type FSWatcher } from 'chokidar';

/** What a file says that people edit; it is read again after each edit. */
export class WatchedFile<T> {
  private current: T;
  private watcher: FSWatcher | undefined;

  /** @param read is called with the path, and throws when the file has an error @throws Error from `read` */
  constructor(
    readonly path: string,
    private readonly read: (path: string) => T,
  ) {
    this.current = read(path);
  }

  /** What the file said when it was last read without an error. */
  get content(): T {
    return this.current;
  }

  /** Calls `edited` with the content before each edit, or `failed` when the file has an error now and nothing changes. */
  watch(edited: (before: T) => void, failed: (error: Error) => void): void {
    const readAgain = (): void => {
      try {
        const before = this.current;
        this.current = this.read(this.path);
        edited(before);
      } catch (error) {
        failed(error as Error);
      }
    };
    this.watcher = watch(this.path, {
      ignoreInitial: true,
      awaitWriteFinish: { stabilityThreshold: 50, pollInterval: 10 },
    });
    this.watcher.on('all', readAgain);
    // An edit before the watch began is not reported.
    this.watcher.on('ready', () => this.isStale() && readAgain());
  }

  async close(): Promise<void> {
    await this.watcher?.close();
  }

  /** Whether the file differs from what was read; true also when it has an error now. */
  private isStale(): boolean {
    try {
      return !isDeepStrictEqual(this.read(this.path), this.current);
    } catch {
      return true;
    }
  }
}
