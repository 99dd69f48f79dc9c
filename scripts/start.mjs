import { pathToFileURL } from 'node:url';
import { build } from './build/build.mjs';
import { isFresh, PROGRAM } from './build/stamp.mjs';
import { endWithNpm } from './process/parent.mjs';

endWithNpm();
if (!isFresh()) {
  console.log('building, because the sources are newer than dist …');
  const code = await build();
  if (code) process.exit(code);
}
// Runs in this process, so that signals reach the server and its exit code reaches the caller.
await import(pathToFileURL(PROGRAM).href);
