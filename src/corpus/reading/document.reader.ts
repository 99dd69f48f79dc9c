import { readHtml, type Arrival } from './html.reader.js';
import { parseUrl } from '../web/site.js';
import type { ReadableDocument } from './document.js';
import { readMarkdown, readPlainText } from './markdown.reader.js';

const HTML = new Set(['text/html', 'application/xhtml+xml']);
const MARKDOWN = new Set(['text/markdown', 'text/x-markdown']);

/** The media type and charset of a `content-type` header, both in lower case. */
export function parseContentType(header: string | undefined): { type: string; charset?: string } {
  const [type = '', ...parameters] = (header ?? '').toLowerCase().split(';');
  const charset = parameters.map((part) => /^\s*charset\s*=\s*"?([^"\s]+)"?/.exec(part)?.[1]).find(Boolean);
  return { type: type.trim(), ...(charset && { charset }) };
}

/** Whether documents of this media type can be read. */
export function isReadable(type: string): boolean {
  return HTML.has(type) || MARKDOWN.has(type) || type === 'text/plain';
}

function decode(body: Buffer, charset: string | undefined): string {
  const [first, second] = body;
  const marked =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : undefined;
  try {
    return new TextDecoder(marked ?? charset ?? 'utf-8', { fatal: !marked && !charset }).decode(body);
  } catch {
    // Not the charset it claims, or none that is known: every byte means something in this one.
    return new TextDecoder('windows-1252').decode(body);
  }
}

/** Reads an HTML page, Markdown or plain text; a document without a title gets the last part of its address. */
export function readDocument(body: Buffer, type: string, arrival: Arrival): ReadableDocument {
  const read = () => {
    if (HTML.has(type)) return readHtml(body, arrival);
    const text = decode(body, arrival.charset);
    const document =
      MARKDOWN.has(type) || /\.(md|markdown)$/i.test(arrival.url) ? readMarkdown(text) : readPlainText(text);
    return { ...document, noindex: /\b(noindex|none)\b/i.test(arrival.robots ?? '') };
  };
  const document = read();
  return document.title ? document : { ...document, title: nameOf(arrival.url) };
}

function nameOf(url: string): string {
  const address = parseUrl(url);
  if (!address) return url;
  const { pathname, host } = address;
  const name = pathname.split('/').filter(Boolean).at(-1);
  if (!name) return host;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
