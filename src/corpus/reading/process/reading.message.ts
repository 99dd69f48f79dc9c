import type { CutDocument } from '../cut.document.js';
import type { ReadingFailureKind } from '../reading.failure.js';

/** What a reading process tells the process that started it: that it can begin, and what came of each document. */
export type ReadingMessage =
  | { event: 'ready' }
  | { event: 'read'; document: CutDocument }
  | { event: 'failed'; kind: ReadingFailureKind; message: string; cause: string };
