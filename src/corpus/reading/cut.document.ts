import type { ChunkDraft, CodeDraft } from './document.pieces.js';
import { chunkBlocks, codeBlocks } from './chunker.js';
import { lengthOf } from './document.js';
import { readDocument } from './document.reader.js';
import type { Arrival } from './html.reader.js';
import { readPdf } from './pdf.reader.js';
import { ReadingFailure } from './reading.failure.js';

/** A document as it came, and the media type it is read as. */
export interface DocumentRequest {
  bytes: Uint8Array;
  type: string;
  arrival: Arrival;
}

/** A document cut into the pieces that are stored and found. */
export interface CutDocument {
  title: string;
  description: string;
  /** The addresses, without fragments, that its links lead to and that may be followed, in order, each once. */
  links: string[];
  /** Whether it asks not to be indexed. */
  noindex: boolean;
  /** Characters of readable text; 0 when there is nothing to read. */
  text_length: number;
  chunks: ChunkDraft[];
  code: CodeDraft[];
}

/** Characters that a document may have; a small file may unpack to any size. */
const MAX_CHARACTERS = 10_000_000;

/** More examples of code than a page for people has; those beyond are found as text all the same. */
const MAX_CODE = 5000;

/** The media type of a PDF, which only uploads may be. */
export const PDF = 'application/pdf';

async function read({ bytes, type, arrival }: DocumentRequest) {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (type !== PDF) return readDocument(body, type, arrival);
  const { title, pages } = await readPdf(body);
  const text = readDocument(Buffer.from(pages.join('\n\n')), 'text/plain', { url: arrival.url });
  return { ...text, title: title ?? text.title };
}

/**
 * Reads a document to its end and cuts it. Takes as much time and memory as whoever made the document wants it to: only
 * for processes that may be killed.
 *
 * @throws ReadingFailure or RangeError when it has too much text or is nested too deeply to be read; Error when it is not
 * what its type says
 */
export async function cutDocument(request: DocumentRequest): Promise<CutDocument> {
  const { title, description, links, noindex, blocks } = await read(request);
  const text_length = lengthOf(blocks);
  if (text_length > MAX_CHARACTERS) throw new ReadingFailure('too_complex', 'it has too much text');
  const code = codeBlocks(blocks).slice(0, MAX_CODE);
  return { title, description, links, noindex, text_length, chunks: chunkBlocks(blocks), code };
}
