/**
 * Runs a program for a supervisor and ends with either of them: `node process.guard.mjs <program> [args…]`.
 *
 * It leads the program's process group. When the supervisor ends in any way, the channel closes and the guard kills the
 * group; a supervisor's own signal handler could not do that after `kill -9`.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const [program, ...args] = process.argv.slice(2);
const NOT_STARTED = 127;

const endGroup = () => process.kill(0, 'SIGKILL');
process.once('disconnect', endGroup);

// A signal to the group also reaches the program; the guard stays to report how the program ends.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {});

const child = spawn(program, args, { stdio: 'inherit' });
child.once('spawn', () => process.send({ pid: child.pid }));
child.once('error', (error) => process.send({ error: error.message }, () => process.exit(NOT_STARTED)));
// Exit with the shells' code instead of the same signal, because some signals do not end a Node.js program.
child.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
