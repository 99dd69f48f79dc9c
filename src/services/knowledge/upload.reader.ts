import { extname } from 'node:path';
import { Fault } from '@switchyard/contract';
import { isReadable, parseContentType, readDocument, type ReadableDocument } from '../../corpus/index.js';
import { readPdf, type PdfLimits } from './pdf.reader.js';

/** A file as it was uploaded. */
export interface UploadedFile {
  name: string;
  /** As the browser said; its guess for many a name is poor. */
  content_type: string;
  bytes: Buffer;
}

const PDF = 'application/pdf';
const TYPES: Readonly<Record<string, string>> = {
  '.txt': 'text/plain',
  '.text': 'text/plain',
  '.md': 'text/markdown',
  '.markdown': 'text/markdown',
  '.html': 'text/html',
  '.htm': 'text/html',
  '.xhtml': 'application/xhtml+xml',
  '.pdf': PDF,
};

/** The media type a file is read as, by its name, else by what the browser said. @throws Fault `upload.unsupported` */
export function typeOf({ name, content_type }: UploadedFile): string {
  const type = TYPES[extname(name).toLowerCase()] ?? parseContentType(content_type).type;
  if (type !== PDF && !isReadable(type)) throw new Fault('upload.unsupported', { supported: Object.keys(TYPES) });
  return type;
}

/** Reads a file. @throws Fault `upload.unsupported`, `upload.unreadable`, `upload.empty` */
export async function readUpload(file: UploadedFile, limits: PdfLimits): Promise<ReadableDocument> {
  const type = typeOf(file);
  const document = await read(file, type, limits).catch((cause: unknown) => {
    throw new Fault('upload.unreadable', undefined, { cause });
  });
  if (document.blocks.length === 0) throw new Fault('upload.empty');
  return document;
}

async function read({ name, content_type, bytes }: UploadedFile, type: string, limits: PdfLimits) {
  const { charset } = parseContentType(content_type);
  if (type !== PDF) {
    if (isBinary(bytes)) throw new Error('unable to read the text; it holds what no text does');
    return readDocument(bytes, type, { url: name, ...(charset && { charset }) });
  }
  const { title, pages } = await readPdf(bytes, limits);
  const text = readDocument(Buffer.from(pages.join('\n\n')), 'text/plain', { url: name });
  return { ...text, title: title ?? text.title };
}

/** Whether bytes are no text: a zero byte outside UTF-16. */
function isBinary(bytes: Buffer): boolean {
  const isWide = bytes.length > 1 && (bytes.readUInt16LE(0) === 0xfeff || bytes.readUInt16LE(0) === 0xfffe);
  return !isWide && bytes.subarray(0, 8192).includes(0);
}
