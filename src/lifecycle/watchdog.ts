import { url as inspectorUrl } from 'node:inspector';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Logger } from '@nestjs/common';

/** The start data of the watchdog thread. */
interface WatchdogData {
  /** Written by the event loop: its tick count, and whether a debugger may be pausing it. */
  state: Int32Array;
  every_ms: number;
  /** The thread ends the process after this many of its own ticks without an event loop tick. */
  ticks: number;
  limit_ms: number;
}

const TICKS = 60;
const MAX_EVERY_MS = 1000;
const PROGRAM = join(__dirname, 'watchdog.worker.mjs');

/**
 * Starts a thread that ends the process with SIGABRT when the event loop is blocked for `limit_ms`; 0 disables it.
 *
 * The thread counts its own ticks instead of time, because suspending the machine or stopping the process stops both
 * counts. While an inspector is open it does nothing, because breakpoints block the event loop.
 */
export function startWatchdog(limit_ms: number): void {
  if (limit_ms === 0) return;
  const every_ms = Math.min(MAX_EVERY_MS, limit_ms / TICKS);
  const state = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  const tick = () => {
    Atomics.store(state, 1, inspectorUrl() === undefined ? 0 : 1);
    Atomics.add(state, 0, 1);
  };
  tick();
  setInterval(tick, every_ms).unref();
  const workerData: WatchdogData = { state, every_ms, ticks: Math.ceil(limit_ms / every_ms), limit_ms };
  const worker = new Worker(PROGRAM, { workerData, execArgv: [], env: {}, name: 'watchdog' });
  worker.unref();
  worker.once('error', (error) => new Logger('process').error(`unable to watch the event loop; ${String(error)}`));
}
