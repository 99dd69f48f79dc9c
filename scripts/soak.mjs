import { join } from 'node:path';
import { endWithNpm } from './process/parent.mjs';
import { ROOT } from './process/project.mjs';
import { runNode } from './process/run.mjs';
import { findTool } from './tools/find.mjs';
import { TOOLS } from './tools/tool.mjs';

endWithNpm();

const tool = TOOLS.find(({ variable }) => variable === 'REDIS_SERVER_PATH');
if (tool) process.env[tool.variable] = (await findTool(tool)).path;
const program = ['-r', join(ROOT, 'test/harness/typescript.cjs'), join(ROOT, 'test/soak/soak.ts')];
process.exitCode = (await runNode([...program, ...process.argv.slice(2)])).code;
