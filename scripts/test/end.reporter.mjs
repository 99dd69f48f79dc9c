/** How long Jest may take to exit after its last test, in ms. */
const GRACE_MS = 3000;

/** A reporter for Jest that ends it when something that a test left open keeps it: a run that failed has to end, too. */
export default class EndReporter {
  onRunComplete() {
    // Unless nothing else is left to wait for.
    setTimeout(() => {
      console.error('ending Jest, which something that a test has left open keeps; see --detectOpenHandles');
      // With the code that Jest has set.
      process.exit();
    }, GRACE_MS).unref();
  }
}
