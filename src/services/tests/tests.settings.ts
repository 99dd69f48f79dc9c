/** The settings of test runs. Times are milliseconds. */
export class TestsSettings {
  /** How many runs a process does at once; others wait. */
  readonly maxRuns: number = 2;
  /** The time limit of a run. */
  readonly timeoutMs: number = 120_000;
  /** The limits of the output that is stored of one run. */
  readonly maxLines: number = 5000;
  readonly maxCharacters: number = 1_000_000;
  /** How many runs are stored; older ones are deleted. */
  readonly keptRuns: number = 100;

  constructor(settings: Partial<TestsSettings> = {}) {
    Object.assign(this, settings);
  }
}
