import { stat } from 'node:fs/promises';
import { statSync, type BigIntStats } from 'node:fs';

/** How often the file is looked at, in ms; an edit is read once the file was the same at two looks. */
const LOOK_EVERY_MS = 250;

/**
 * What a file says that people edit; it is read again after each edit. Its state is compared at intervals: notifications of a
 * file system miss a file that comes into being while its folder is read, edits on network drives, and a replaced link.
 */
export class WatchedFile<T> {
  private current: T;
  /** The state of the file before it was last read. */
  private read: string;
  private looked: string;
  private timer: NodeJS.Timeout | undefined;

  /** @param parse reads the file at the path, and throws when it has an error @throws Error from `parse` */
  constructor(
    readonly path: string,
    private readonly parse: (path: string) => T,
  ) {
    this.looked = this.read = stateOf(statSync(path, { bigint: true, throwIfNoEntry: false }));
    this.current = parse(path);
  }

  /** What the file said when it was last read without an error. */
  get content(): T {
    return this.current;
  }

  /** Calls `edited` with the content before each edit, or `failed` when the file has an error now and nothing changes. */
  watch(edited: (before: T) => void, failed: (error: Error) => void): void {
    const look = async (): Promise<void> => {
      const now = stateOf(await stat(this.path, { bigint: true }).catch(() => undefined));
      const isWritten = now === this.looked;
      this.looked = now;
      if (!this.timer) return;
      if (isWritten && now !== this.read) this.readAgain(now, edited, failed);
      this.timer.refresh();
    };
    this.timer = setTimeout(() => void look(), LOOK_EVERY_MS).unref();
  }

  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private readAgain(state: string, edited: (before: T) => void, failed: (error: Error) => void): void {
    this.read = state;
    try {
      const before = this.current;
      this.current = this.parse(this.path);
      edited(before);
    } catch (error) {
      failed(error as Error);
    }
  }
}

/** What changes with every edit: the time, the size, and which file it is. */
function stateOf(stats: BigIntStats | undefined): string {
  return stats ? `${stats.mtimeNs} ${stats.size} ${stats.dev} ${stats.ino}` : 'missing';
}
