/** How queries are answered. Times are milliseconds. */
export class QuerySettings {
  readonly timeoutMs: number = 60_000;
  /** Passages an answer is taken from. */
  readonly passages: number = 8;
  /** Pages that are read again for one query. */
  readonly scrapedPages: number = 3;
  /** A page read longer ago than this is read again. */
  readonly freshMs: number = 86_400_000;
  /** Two queries are taken for the same from this cosine of their words. */
  readonly similarity: number = 0.85;
  /** Answers kept for queries to come, each for so long. */
  readonly cachedAnswers: number = 500;
  readonly cacheMs: number = 86_400_000;

  constructor(settings: Partial<QuerySettings> = {}) {
    Object.assign(this, settings);
  }
}
