import { join } from 'node:path';
import { endWithShellOfNpm } from './process/parent.mjs';
import { CACHE, commandOf } from './process/project.mjs';
import { runNode } from './process/run.mjs';

endWithShellOfNpm();

// Built as the product is, by the same compiler: what is measured is what ships.
const built = await runNode([
  commandOf('@nestjs/cli', { command: 'nest' }),
  'build',
  '--config',
  'test/bench/nest-cli.json',
]);
process.exitCode =
  built.code || (await runNode([join(CACHE, 'bench/test/bench/bench.js'), ...process.argv.slice(2)])).code;
