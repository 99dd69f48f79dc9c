import { join } from 'node:path';
import { findTool } from '../tools/find.mjs';
import { TOOLS } from '../tools/tool.mjs';
import { endWithNpm } from './parent.mjs';
import { ROOT } from './project.mjs';
import { runNode } from './run.mjs';

/**
 * Runs a load program from its sources with the arguments of this process, and exits with its code; it may start Redis.
 *
 * @param {string} program its path in the repository
 */
export async function runLoad(program) {
  endWithNpm();
  const tool = TOOLS.find(({ variable }) => variable === 'REDIS_SERVER_PATH');
  if (tool) process.env[tool.variable] = (await findTool(tool)).path;
  const args = ['-r', join(ROOT, 'test/harness/typescript.cjs'), join(ROOT, program)];
  process.exitCode = (await runNode([...args, ...process.argv.slice(2)])).code;
}
