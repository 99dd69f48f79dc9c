/**
 * Watches over the event loop from a thread of its own, see watchdog.ts. Whatever it says it writes itself: the streams of
 * a worker go through the event loop that stands.
 */
import { writeSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import { workerData } from 'node:worker_threads';

/** @type {{ state: Int32Array, every_ms: number, ticks: number, limit_ms: number }} */
const { state, every_ms, ticks, limit_ms } = workerData;
/** How long the signal may take to end the process. */
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
    // Nobody reads it any more; the process has to end all the same.
  }
  process.kill(process.pid, 'SIGABRT');
  // The system spares the first process of a container its own signals, and a handler may hold it up: then only a trap
  // of the processor is left, which V8 has for its own debugging.
  setTimeout(() => {
    setFlagsFromString('--allow-natives-syntax');
    new Script('%SystemBreak()').runInThisContext();
  }, KILL_MS);
}
