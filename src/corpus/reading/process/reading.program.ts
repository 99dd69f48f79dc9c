import { writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { cutDocument, type DocumentRequest } from '../cut.document.js';
import { ReadingFailure } from '../reading.failure.js';
import type { ReadingMessage } from './reading.message.js';

// The program of a reading process: reads documents one by one and sends the results.

/** Runs in a thread and ends the process with its parent, even while a document blocks the event loop. */
const GUARD = `
const { workerData } = require('node:worker_threads');
setInterval(() => process.ppid !== workerData && process.kill(process.pid, 'SIGKILL'), 200);
`;

/** Makes Linux kill this process instead of the server when memory runs out. */
function preferOomKill(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    // The file exists on Linux only.
  }
}

function send(message: ReadingMessage): void {
  process.send?.(message);
}

function failureOf(error: unknown): ReadingFailure {
  if (error instanceof ReadingFailure) return error;
  if (error instanceof RangeError) return new ReadingFailure('too_complex', 'its elements are nested too deeply');
  return new ReadingFailure('unreadable', 'it is not what its type says');
}

async function read(request: DocumentRequest): Promise<void> {
  try {
    send({ event: 'read', document: await cutDocument(request) });
  } catch (error) {
    const { kind, message } = failureOf(error);
    send({ event: 'failed', kind, message, cause: String(error) });
  }
}

preferOomKill();
new Worker(GUARD, { eval: true, workerData: Number(process.argv[2]), execArgv: [], env: {} }).unref();
process.on('message', (request: DocumentRequest) => void read(request));
process.on('disconnect', () => process.exit());
// Ctrl-C reaches every process of a terminal; the parent decides when this one ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
send({ event: 'ready' });
