import { cutText } from '../../text/text.cut.js';
import { parseUrl } from '../url/site.js';
import { decodeText } from './charset.js';
import type { ReadableDocument } from './document.js';
import { readHtml, type Arrival } from './html.reader.js';
import { readMarkdown, readPlainText } from './markdown.reader.js';

const XHTML = 'application/xhtml+xml';
const HTML = new Set(['text/html', XHTML]);
const MARKDOWN = new Set(['text/markdown', 'text/x-markdown']);

/** In characters; every chunk of a document goes under its title, and lists show both. */
const LONGEST_TITLE = 300;
const LONGEST_DESCRIPTION = 1000;

/** The media type and charset of a `content-type` header, both in lower case. */
export function parseContentType(header: string | undefined): { type: string; charset?: string } {
  const [type = '', ...parameters] = (header ?? '').toLowerCase().split(';');
  const charset = parameters.map((part) => /^\s*charset\s*=\s*["']?([^"'\s]+)/.exec(part)?.[1]).find(Boolean);
  return { type: type.trim(), ...(charset && { charset }) };
}

/** Whether documents of this media type can be read. */
export function isReadable(type: string): boolean {
  return HTML.has(type) || MARKDOWN.has(type) || type === 'text/plain';
}

/**
 * Reads an HTML page, Markdown or plain text; a document without a title gets the last part of its address.
 *
 * @throws RangeError when it is nested too deeply to be read
 */
export function readDocument(body: Buffer, type: string, arrival: Arrival): ReadableDocument {
  const read = () => {
    if (HTML.has(type)) return readHtml(body, arrival, type === XHTML);
    const text = decodeText(body, arrival.charset);
    const document =
      MARKDOWN.has(type) || /\.(md|markdown)$/i.test(arrival.url) ? readMarkdown(text) : readPlainText(text);
    return { ...document, noindex: /\b(noindex|none)\b/i.test(arrival.robots ?? '') };
  };
  const document = read();
  const title = shorten(document.title || nameOf(arrival.url), LONGEST_TITLE);
  return { ...document, title, description: shorten(document.description, LONGEST_DESCRIPTION) };
}

/** The beginning of a text, cut between two characters where it is too long. */
function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${cutText(text, most - 1).trimEnd()}…`;
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
