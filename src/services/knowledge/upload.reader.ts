import { extname } from 'node:path';
import { Fault } from '@switchyard/contract';
import {
  isReadable,
  parseContentType,
  PDF,
  ReadingFailure,
  type CutDocument,
  type ReadDocument,
} from '../../corpus/index.js';

/** An uploaded file. */
export interface UploadedFile {
  name: string;
  /** The browser's guess, which is often wrong. */
  content_type: string;
  bytes: Buffer;
}

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

/** Returns the media type of a file, from its name, else from the browser. @throws Fault `upload.unsupported` */
export function typeOf({ name, content_type }: UploadedFile): string {
  const type = TYPES[extname(name).toLowerCase()] ?? parseContentType(content_type).type;
  if (type !== PDF && !isReadable(type)) throw new Fault('upload.unsupported', { supported: Object.keys(TYPES) });
  return type;
}

/** Reads a file. @throws Fault `upload.unsupported`, `upload.unreadable`, `upload.too_complex`, `upload.interrupted`, `upload.empty` */
export async function readUpload(file: UploadedFile, read: ReadDocument): Promise<CutDocument> {
  const { name, content_type, bytes } = file;
  const type = typeOf(file);
  if (type !== PDF && isBinary(bytes)) throw new Fault('upload.unreadable');
  const { charset } = parseContentType(content_type);
  try {
    const document = await read({ bytes, type, arrival: { url: name, ...(charset && { charset }) } });
    if (document.text_length === 0) throw new Fault('upload.empty');
    return document;
  } catch (cause) {
    if (!(cause instanceof ReadingFailure)) throw cause;
    throw new Fault(`upload.${cause.kind}`, { reason: cause.message }, { cause });
  }
}

/** Whether bytes are not text: they have a zero byte outside UTF-16. */
function isBinary(bytes: Buffer): boolean {
  const isWide = bytes.length > 1 && (bytes.readUInt16LE(0) === 0xfeff || bytes.readUInt16LE(0) === 0xfffe);
  return !isWide && bytes.subarray(0, 8192).includes(0);
}
