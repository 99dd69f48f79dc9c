import { writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { cutDocument, type DocumentRequest } from '../cut.document.js';
import { ReadingFailure } from '../reading.failure.js';
import type { ReadingMessage } from './reading.message.js';

// The program of a reading process: reads one document after another and tells what came of each.

/** Ends the process when its parent is gone, also in the middle of a document, when its own loop hears of nothing. */
const GUARD = `
const { workerData } = require('node:worker_threads');
setInterval(() => process.ppid !== workerData && process.kill(process.pid, 'SIGKILL'), 200);
`;

/** Has Linux end this process, and not the server, when there is no memory left. */
function offerAsVictim(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    // There is no such file elsewhere.
  }
}

function tell(message: ReadingMessage): void {
  process.send?.(message);
}

function failureOf(error: unknown): ReadingFailure {
  if (error instanceof ReadingFailure) return error;
  if (error instanceof RangeError) return new ReadingFailure('too_complex', 'its elements are nested too deeply');
  return new ReadingFailure('unreadable', 'it is not what its type says');
}

async function read(request: DocumentRequest): Promise<void> {
  try {
    tell({ event: 'read', document: await cutDocument(request) });
  } catch (error) {
    const { kind, message } = failureOf(error);
    tell({ event: 'failed', kind, message, cause: String(error) });
  }
}

offerAsVictim();
new Worker(GUARD, { eval: true, workerData: Number(process.argv[2]), execArgv: [], env: {} }).unref();
process.on('message', (request: DocumentRequest) => void read(request));
process.on('disconnect', () => process.exit());
// Ctrl-C goes to every process of a terminal; when this one ends is for its parent to say, who may still wait for it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
tell({ event: 'ready' });
