import { join } from 'node:path';
import { endWithNpm } from './process/parent.mjs';
import { CACHE, commandOf } from './process/project.mjs';
import { runNode } from './process/run.mjs';

endWithNpm();

// Built by the product's compiler, so that the measured code is the shipped code.
const built = await runNode([
  commandOf('@nestjs/cli', { command: 'nest' }),
  'build',
  '--config',
  'test/bench/nest-cli.json',
]);
process.exitCode =
  built.code || (await runNode([join(CACHE, 'bench/test/bench/bench.js'), ...process.argv.slice(2)])).code;
