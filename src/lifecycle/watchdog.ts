import { url as inspectorUrl } from 'node:inspector';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Logger } from '@nestjs/common';

/** What the watching thread is started with. */
interface WatchdogData {
  /** Written by the event loop: how often it has ticked, and whether a debugger may hold it. */
  state: Int32Array;
  every_ms: number;
  /** After how many of its own ticks without one of the event loop the thread ends the process. */
  ticks: number;
  limit_ms: number;
}

const TICKS = 60;
const MAX_EVERY_MS = 1000;
const PROGRAM = join(__dirname, 'watchdog.worker.mjs');

/**
 * Has a thread end the process by SIGABRT once the event loop has not run for `limit_ms`; 0 does nothing.
 *
 * The thread counts its own ticks and not the time: a machine that was suspended, or a process that was stopped, stops
 * both counts. While an inspector is open nothing is ended, as a breakpoint holds the event loop.
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
  worker.once('error', (error) => new Logger('process').error(`unable to watch over the event loop; ${String(error)}`));
}
