import { pathToFileURL } from 'node:url';
import { build } from './build/build.mjs';
import { isFresh, PROGRAM } from './build/stamp.mjs';
import { endWithShellOfNpm } from './process/parent.mjs';

endWithShellOfNpm();
if (!isFresh()) {
  console.log('building, as the sources are newer than dist …');
  const code = await build();
  if (code) process.exit(code);
}
// In this very process: signals reach the server and its exit code reaches the caller with nobody in between.
await import(pathToFileURL(PROGRAM).href);
