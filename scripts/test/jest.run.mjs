import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { commandOf } from '../process/project.mjs';
import { runNode } from '../process/run.mjs';
import { provideTools } from '../tools/provide.mjs';
import { COVERAGE, forgetRun, recordRun, RESULTS, testedTree } from './record.mjs';

/**
 * Provides the tools, then runs Jest; a run of everything with coverage is recorded.
 *
 * @param {readonly string[]} args Jest's own arguments
 * @returns {Promise<number>} the exit code
 */
export async function runTests(args) {
  const whole = args.every((arg) => arg === '--coverage') && args.length > 0;
  if (whole) forgetRun();
  if (!(await provideTools())) return 1;
  const tree = whole ? testedTree() : '';
  mkdirSync(dirname(RESULTS), { recursive: true });
  const outputs = whole ? ['--json', `--outputFile=${RESULTS}`, `--coverageDirectory=${COVERAGE}`] : [];
  const { code } = await runNode([commandOf('jest'), ...outputs, ...args]);
  if (whole) recordRun(tree, code);
  return code;
}
