/** How the knowledge base is kept. Times are milliseconds. */
export class KnowledgeSettings {
  /** Items on a page when nobody says how many. */
  readonly perPage: number = 50;
  readonly maxUploadBytes: number = 10 * 2 ** 20;
  /** No file is read for longer. */
  readonly readTimeoutMs: number = 30_000;
  /** Memory that reading a PDF may take, in MB. */
  readonly readMemoryMb: number = 256;
  /** Characters of text that a PDF may have. */
  readonly readCharacters: number = 5_000_000;
  /** The least time between two attempts at a stale source. */
  readonly staleRetryMs: number = 86_400_000;

  constructor(settings: Partial<KnowledgeSettings> = {}) {
    Object.assign(this, settings);
  }
}
