import { availableParallelism } from 'node:os';

/** The settings for reading documents; times are milliseconds. */
export class ReadingSettings {
  /** `DOCUMENT_TIMEOUT_MS`: the longest time for a document. */
  readonly timeoutMs: number = 20_000;
  /** `DOCUMENT_MEMORY_MB`: the memory limit of a reading process. */
  readonly memoryMb: number = 512;
  /** The number of processes; at least two, so that one user's document cannot block all others. */
  readonly processes: number = Math.max(2, Math.min(4, availableParallelism()));
  /** An idle process ends after this time. */
  readonly idleMs: number = 60_000;

  constructor(settings: Partial<ReadingSettings> = {}) {
    Object.assign(this, settings);
  }
}
