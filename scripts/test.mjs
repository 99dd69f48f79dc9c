import { endWithShellOfNpm } from './process/parent.mjs';
import { runTests } from './test/jest.run.mjs';

endWithShellOfNpm();
const args = process.argv.slice(2);
// In CI `npm run check` follows and judges the coverage of this very run.
process.exitCode = await runTests(process.env.CI && args.length === 0 ? ['--coverage'] : args);
