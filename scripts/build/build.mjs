import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { commandOf, ROOT } from '../process/project.mjs';
import { runNode } from '../process/run.mjs';
import { buildPackages } from './packages.mjs';
import { currentStamp, PAGE, writeStamp } from './stamp.mjs';

/**
 * Builds the server, the packages, and the console, if present, and stamps the result.
 *
 * @returns {Promise<number>} the exit code: 0 on success
 */
export async function build() {
  const stamp = currentStamp();
  const began = performance.now();
  rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
  const [server, packages] = await Promise.all([
    runNode([commandOf('@nestjs/cli', { command: 'nest' }), 'build']),
    buildPackages(),
  ]);
  if (server.code || packages) return server.code || packages;
  const web = join(ROOT, 'web');
  if (existsSync(PAGE)) {
    const vite = commandOf('vite', { from: web });
    // Vite derives its mode from NODE_ENV; other modes include React's development build.
    const env = { ...process.env, NODE_ENV: 'production' };
    const page = await runNode([vite, 'build', '--logLevel', 'warn'], { cwd: web, env });
    if (page.code) return page.code;
  }
  writeStamp(stamp);
  console.log(`built in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  return 0;
}
