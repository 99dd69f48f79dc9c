/** The time for Jest to exit after its last test, in milliseconds. */
const GRACE_MS = 3000;
/** The same with coverage, whose reporters run after this one. */
const COVERAGE_GRACE_MS = 180_000;

/** A Jest reporter that ends the process when an open handle of a test keeps it alive. */
export default class EndReporter {
  /**
   * @param {{ collectCoverage: boolean }} config
   * @param {{ grace_ms?: number }} [options]
   */
  constructor({ collectCoverage }, { grace_ms = collectCoverage ? COVERAGE_GRACE_MS : GRACE_MS } = {}) {
    this.grace_ms = grace_ms;
  }

  onRunComplete() {
    // Unref'd: without open handles, Jest exits earlier by itself.
    setTimeout(() => {
      console.error('ending Jest, because a test has left a handle open; see --detectOpenHandles');
      // With the code that Jest has set.
      process.exit();
    }, this.grace_ms).unref();
  }
}
