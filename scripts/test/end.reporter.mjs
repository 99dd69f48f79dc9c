/** How long Jest may take to exit after its last test, in ms … */
const GRACE_MS = 3000;
/** … and where it still has the coverage of every file to write, which its other reporters do after this one. */
const COVERAGE_GRACE_MS = 180_000;

/** A reporter for Jest that ends it when something that a test left open keeps it: a run that failed has to end, too. */
export default class EndReporter {
  /** @param {{ collectCoverage: boolean }} config */
  constructor({ collectCoverage }) {
    this.grace_ms = collectCoverage ? COVERAGE_GRACE_MS : GRACE_MS;
  }

  onRunComplete() {
    // Unless nothing else is left to wait for.
    setTimeout(() => {
      console.error('ending Jest, which something that a test has left open keeps; see --detectOpenHandles');
      // With the code that Jest has set.
      process.exit();
    }, this.grace_ms).unref();
  }
}
