import type { CutDocument } from '../cut.document.js';
import type { ReadingFailureKind } from '../reading.failure.js';

/** A message of a reading process to its parent: its start, or the result of a document. */
export type ReadingMessage =
  | { event: 'ready' }
  | { event: 'read'; document: CutDocument }
  | { event: 'failed'; kind: ReadingFailureKind; message: string; cause: string };
