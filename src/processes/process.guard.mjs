/**
 * Runs a program for a supervisor and outlives neither: `node process.guard.mjs <program> [args…]`.
 *
 * It leads the process group that the program is in. When the supervisor is gone, however it went, the channel to it
 * closes and the whole group is killed; no signal handler of the supervisor can do that for a `kill -9`.
 */
import { spawn } from 'node:child_process';

const [program, ...args] = process.argv.slice(2);
const NOT_STARTED = 127;

const endGroup = () => process.kill(0, 'SIGKILL');
process.once('disconnect', endGroup);

// A signal to the group reaches the program as well; the guard stays to tell how it ended.
const stay = () => {};
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, stay);

const child = spawn(program, args, { stdio: 'inherit' });
child.once('spawn', () => process.send({ pid: child.pid }));
child.once('error', (error) => process.send({ error: error.message }, () => process.exit(NOT_STARTED)));
child.once('exit', (code, signal) => {
  if (code !== null) process.exit(code);
  for (const handled of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.off(handled, stay);
  process.kill(process.pid, signal);
});
