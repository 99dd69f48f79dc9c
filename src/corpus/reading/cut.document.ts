import type { ChunkDraft, CodeDraft } from './document.pieces.js';
import { chunkBlocks, codeBlocks } from './chunker.js';
import { lengthOf } from './document.js';
import { readDocument } from './document.reader.js';
import type { Arrival } from './html.reader.js';
import { readPdf } from './pdf.reader.js';
import { ReadingFailure } from './reading.failure.js';

/** A document's bytes, media type and arrival. */
export interface DocumentRequest {
  bytes: Uint8Array;
  type: string;
  arrival: Arrival;
}

/** A document cut into searchable pieces. */
export interface CutDocument {
  title: string;
  description: string;
  /** The targets of its followable links, without fragments, in order, once each. */
  links: string[];
  /** Whether it asks not to be indexed. */
  noindex: boolean;
  /** Characters of readable text. */
  text_length: number;
  chunks: ChunkDraft[];
  code: CodeDraft[];
}

/** The longest document in characters; a small file may unpack to any size. */
const MAX_CHARACTERS = 10_000_000;

/** The number of code examples of a document; code beyond it is searchable only as text. */
const MAX_CODE = 5000;

/** The media type of PDF, accepted for uploads only. */
export const PDF = 'application/pdf';

async function read({ bytes, type, arrival }: DocumentRequest) {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (type !== PDF) return readDocument(body, type, arrival);
  const { title, pages } = await readPdf(body);
  const text = readDocument(Buffer.from(pages.join('\n\n')), 'text/plain', { url: arrival.url });
  return { ...text, title: title ?? text.title };
}

/**
 * Reads and cuts a document; call it only in a process that may be killed, because a hostile document can take any
 * amount of time and memory.
 *
 * @throws ReadingFailure for too much text; RangeError for too deep nesting; Error when the document does not match its
 * type
 */
export async function cutDocument(request: DocumentRequest): Promise<CutDocument> {
  const { title, description, links, noindex, blocks } = await read(request);
  const text_length = lengthOf(blocks);
  if (text_length > MAX_CHARACTERS) throw new ReadingFailure('too_complex', 'it has too much text');
  const code = codeBlocks(blocks).slice(0, MAX_CODE);
  return { title, description, links, noindex, text_length, chunks: chunkBlocks(blocks), code };
}
