/** The settings of the knowledge base. Times are milliseconds. */
export class KnowledgeSettings {
  /** The default number of items on a page. */
  readonly perPage: number = 50;
  readonly maxUploadBytes: number = 10 * 2 ** 20;
  /** How many files of one user may wait, each in memory. */
  readonly maxWaitingUploads: number = 20;
  /** Files that are added at once, of different users. */
  readonly uploadsAtOnce: number = 4;
  /** The shortest time between two crawls of a stale source. */
  readonly staleRetryMs: number = 86_400_000;

  constructor(settings: Partial<KnowledgeSettings> = {}) {
    Object.assign(this, settings);
  }
}
