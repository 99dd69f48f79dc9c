/**
 * Runs a program for a supervisor and outlives neither: `node process.guard.mjs <program> [args…]`.
 *
 * It leads the process group that the program is in. When the supervisor is gone, however it went, the channel to it
 * closes and the whole group is killed; no signal handler of the supervisor can do that for a `kill -9`.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const [program, ...args] = process.argv.slice(2);
const NOT_STARTED = 127;

const endGroup = () => process.kill(0, 'SIGKILL');
process.once('disconnect', endGroup);

// A signal to the group reaches the program as well; the guard stays to tell how it ended.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {});

const child = spawn(program, args, { stdio: 'inherit' });
child.once('spawn', () => process.send({ pid: child.pid }));
child.once('error', (error) => process.send({ error: error.message }, () => process.exit(NOT_STARTED)));
// As shells say it; not by the same signal, since some of them end no Node.js program.
child.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
