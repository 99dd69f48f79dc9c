import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf, isTest } from '../../scripts/build/source.hash.mjs';
import { commandOf, ROOT } from '../../scripts/process/project.mjs';
import { runNode } from '../../scripts/process/run.mjs';

const WEB = join(ROOT, 'web');
const STAMP = join(WEB, 'dist', '.stamp');
const BUILT_FROM = ['web', 'libs/contract', 'libs/client', 'libs/services', 'package-lock.json', 'tsconfig.json'];

/**
 * Builds the console before the browser tests if its sources are newer.
 *
 * @param {{ testPathPatterns: { patterns: readonly string[] } }} run Jest's arguments
 */
export default async function buildConsole({ testPathPatterns: { patterns } }) {
  // Runs without browser tests skip the build.
  if (patterns.length > 0 && !patterns.some((pattern) => pattern.includes('browser'))) return;
  const stamp = hashOf(BUILT_FROM, isTest);
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp) return;
  const vite = commandOf('vite', { from: WEB });
  // With Jest's NODE_ENV, React would include its development checks.
  const env = { ...process.env, NODE_ENV: 'production' };
  const { code } = await runNode([vite, 'build', '--logLevel', 'warn'], { cwd: WEB, env });
  if (code) throw new Error('unable to test the console; it does not build');
  writeFileSync(STAMP, stamp);
}
