/** How the knowledge base is kept. Times are milliseconds. */
export class KnowledgeSettings {
  /** Items on a page when nobody says how many. */
  readonly perPage: number = 50;
  readonly maxUploadBytes: number = 10 * 2 ** 20;
  /** Files of one user that may wait to be taken in, each in memory. */
  readonly maxWaitingUploads: number = 20;
  /** Files taken in at once, of different users. */
  readonly uploadsAtOnce: number = 4;
  /** The least time between two attempts at a stale source. */
  readonly staleRetryMs: number = 86_400_000;

  constructor(settings: Partial<KnowledgeSettings> = {}) {
    Object.assign(this, settings);
  }
}
