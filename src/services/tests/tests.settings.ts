/** How test runs are made. Times are milliseconds. */
export class TestsSettings {
  /** Runs at once; others wait. */
  readonly maxRuns: number = 2;
  /** No run takes longer. */
  readonly timeoutMs: number = 120_000;
  /** What is kept of the output of one run. */
  readonly maxLines: number = 5000;
  readonly maxCharacters: number = 1_000_000;
  /** Runs that are kept; older ones are forgotten. */
  readonly keptRuns: number = 100;

  constructor(settings: Partial<TestsSettings> = {}) {
    Object.assign(this, settings);
  }
}
