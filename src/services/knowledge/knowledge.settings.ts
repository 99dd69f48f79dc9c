/** The settings of the knowledge base. Times are milliseconds. */
export class KnowledgeSettings {
  /** The default number of items on a page. */
  readonly perPage: number = 50;
  /** The largest file that may be uploaded, in bytes. */
  readonly maxUploadBytes: number = 10 * 2 ** 20;
  /** How many files of one user may wait; each is in memory. */
  readonly maxWaitingUploads: number = 20;
  /** How many files are added at once, each of another user. */
  readonly uploadsAtOnce: number = 4;
  /** The shortest time between two crawls of a stale source. */
  readonly staleRetryMs: number = 86_400_000;

  constructor(settings: Partial<KnowledgeSettings> = {}) {
    Object.assign(this, settings);
  }
}
