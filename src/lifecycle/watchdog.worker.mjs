/**
 * Watches the event loop from its own thread, see watchdog.ts. It writes to the file descriptor directly, because a
 * worker's streams go through the blocked event loop.
 */
import { writeSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import { workerData } from 'node:worker_threads';

/** @type {{ state: Int32Array, every_ms: number, ticks: number, limit_ms: number }} */
const { state, every_ms, ticks, limit_ms } = workerData;
/** The longest time for the signal to end the process. */
const KILL_MS = 500;

let seen = Atomics.load(state, 0);
let missed = 0;

const timer = setInterval(() => {
  const now = Atomics.load(state, 0);
  missed = now === seen && Atomics.load(state, 1) === 0 ? missed + 1 : 0;
  seen = now;
  if (missed < ticks) return;
  clearInterval(timer);
  end();
}, every_ms);

function end() {
  try {
    writeSync(2, `unable to go on; the event loop has not run for ${limit_ms} ms (WATCHDOG_MS), ending the process\n`);
  } catch {
    // The output is closed; end the process anyway.
  }
  process.kill(process.pid, 'SIGABRT');
  // Process 1 of a container ignores its own signals, and a handler may block them. Then only a processor trap helps;
  // V8 has one for its own debugging.
  setTimeout(() => {
    setFlagsFromString('--allow-natives-syntax');
    new Script('%SystemBreak()').runInThisContext();
  }, KILL_MS);
}
