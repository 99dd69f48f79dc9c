import { endWithNpm } from './process/parent.mjs';
import { runTests } from './test/jest.run.mjs';

endWithNpm();
const args = process.argv.slice(2);
// In CI `npm run check` follows and checks the coverage of this run.
process.exitCode = await runTests(process.env.CI && args.length === 0 ? ['--coverage'] : args);
