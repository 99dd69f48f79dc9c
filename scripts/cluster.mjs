import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from './build/build.mjs';
import { isFresh, PROGRAM } from './build/stamp.mjs';
import { startChild } from './cluster/child.mjs';
import { startFront } from './cluster/front.mjs';
import { endWithNpm } from './process/parent.mjs';
import { ROOT } from './process/project.mjs';
import { findTool } from './tools/find.mjs';
import { TOOLS } from './tools/tool.mjs';

const HELP = `npm run start:cluster starts Redis, two application processes and a round-robin TCP proxy.

PORT        the port of the proxy (8080)
REDIS_PORT  the port of Redis (6390)
DATA_DIR    all data is in its folder cluster (./data)

Other settings go to both applications. Kill one with kill -9 and watch its clients continue on the other.`;
const NODES = 2;
const REDIS_PORT = process.env.REDIS_PORT || '6390';

async function start() {
  if (!isFresh()) {
    console.log('building, because the sources are newer than dist …');
    const code = await build();
    if (code) process.exit(code);
  }
  const tool = TOOLS.find(({ variable }) => variable === 'REDIS_SERVER_PATH');
  if (!tool) throw new Error('unable to start; Redis is missing in scripts/tools/tool.mjs');
  const { path, origin } = await findTool(tool);
  const data = join(resolve(ROOT, process.env.DATA_DIR || 'data'), 'cluster');
  mkdirSync(join(data, 'redis'), { recursive: true });
  /** @type {import('./cluster/child.mjs').Child[]} */
  const children = [];
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    // Redis stops last, because the applications write to it while they stop.
    for (const child of children.reverse()) await child.stop();
    process.exit();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);

  const socket = ['--bind', '127.0.0.1', '--port', REDIS_PORT, '--appendonly', 'yes'];
  const redis = await startChild(path, [...socket, '--dir', join(data, 'redis')], {}, /Ready to accept connections/);
  children.push(redis);
  const url = `redis://127.0.0.1:${REDIS_PORT}`;
  console.log(`Redis (${origin}) is at ${url}, process ${redis.pid}`);
  const token = process.env.ADMIN_TOKEN ?? randomBytes(24).toString('base64url');
  const ports = [];
  for (let node = 1; node <= NODES; node += 1) {
    const settings = { PORT: '0', REDIS_URL: url, ADMIN_TOKEN: token, DATA_DIR: join(data, `node-${node}`) };
    const child = await startChild(process.execPath, [PROGRAM], settings, /Switchyard is at \S+:(\d+)/);
    children.push(child);
    ports.push(Number(child.readyText));
    console.log(`node ${node} is at http://localhost:${child.readyText}, process ${child.pid}`);
  }
  const port = await startFront(Number(process.env.PORT || 8080), ports);
  console.log(`both are at http://localhost:${port}/#token=${token}`);
}

if (process.argv.includes('--help')) {
  console.log(HELP);
} else {
  endWithNpm();
  start().catch((/** @type {Error} */ error) => {
    console.error(error.message);
    process.kill(process.pid, 'SIGTERM');
    process.exitCode = 1;
  });
}
