import { availableParallelism } from 'node:os';

/** How documents are read. Times are milliseconds. */
export class ReadingSettings {
  /** `DOCUMENT_TIMEOUT_MS`: no document is read for longer. */
  readonly timeoutMs: number = 20_000;
  /** `DOCUMENT_MEMORY_MB`: the memory a reading process may take. */
  readonly memoryMb: number = 512;
  /** Documents read at once, each by a process; two at least, so that nobody holds all of them with one document. */
  readonly processes: number = Math.max(2, Math.min(4, availableParallelism()));
  /** How long a process waits for its next document before it is ended. */
  readonly idleMs: number = 60_000;

  constructor(settings: Partial<ReadingSettings> = {}) {
    Object.assign(this, settings);
  }
}
