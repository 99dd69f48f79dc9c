/** The settings of queries. Times are milliseconds. */
export class QuerySettings {
  readonly timeoutMs: number = 60_000;
  /** How many passages an answer is based on. */
  readonly passages: number = 8;
  /** How many pages one query reads again. */
  readonly scrapedPages: number = 3;
  /** The age at which a page is read again. */
  readonly freshMs: number = 86_400_000;
  /** The lowest cosine, of the words of two queries, at which they count as the same. */
  readonly similarity: number = 0.85;
  /** How many answers are cached, and for how long. */
  readonly cachedAnswers: number = 500;
  readonly cacheMs: number = 86_400_000;

  constructor(settings: Partial<QuerySettings> = {}) {
    Object.assign(this, settings);
  }
}
