import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packAll } from './build/pack.mjs';
import { endWithNpm } from './process/parent.mjs';
import { ROOT } from './process/project.mjs';
import { runNode } from './process/run.mjs';
import { cleanUp } from './tools/apt.mjs';
import { findTool } from './tools/find.mjs';
import { PYTHON } from './tools/tool.mjs';

endWithNpm();
const args = process.argv.slice(2);
const tarballs = mkdtempSync(join(tmpdir(), 'switchyard-tarballs-'));
process.on('exit', () => rmSync(tarballs, { recursive: true, force: true }));

/** Finds or fetches Python; without it only the Python product fails, with the reason. */
async function findPython() {
  try {
    process.env[PYTHON.variable] = (await findTool(PYTHON)).path;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  } finally {
    cleanUp();
  }
}

try {
  if (!args.includes('--help')) {
    console.log('packing the packages …');
    await packAll(tarballs);
    if (!args.includes('--only') || args.includes('products')) await findPython();
  }
  const program = ['-r', join(ROOT, 'test/harness/typescript.cjs'), join(ROOT, 'test/adopter/adopter.ts')];
  const env = { ...process.env, ADOPTER_TARBALLS: tarballs };
  process.exitCode = (await runNode([...program, ...args], { env })).code;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
