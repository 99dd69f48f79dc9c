import { cutText } from '../../text/text.cut.js';
import { parseUrl } from '../url/site.js';
import { decodeText } from './charset.js';
import type { ReadableDocument } from './document.js';
import { readHtml, type Arrival } from './html.reader.js';
import { readMarkdown, readPlainText } from './markdown.reader.js';

const XHTML = 'application/xhtml+xml';
const HTML = new Set(['text/html', XHTML]);
const MARKDOWN = new Set(['text/markdown', 'text/x-markdown']);

/** In characters; each chunk repeats the title, and lists show title and description. */
const MAX_TITLE_LENGTH = 300;
const MAX_DESCRIPTION_LENGTH = 1000;

/** Parses a `content-type` header into media type and charset, both in lower case. */
export function parseContentType(header: string | undefined): { type: string; charset?: string } {
  const [type = '', ...parameters] = (header ?? '').toLowerCase().split(';');
  const charset = parameters.map((part) => /^\s*charset\s*=\s*["']?([^"'\s]+)/.exec(part)?.[1]).find(Boolean);
  return { type: type.trim(), ...(charset && { charset }) };
}

/** Tells whether documents of this media type can be read. */
export function isReadable(type: string): boolean {
  return HTML.has(type) || MARKDOWN.has(type) || type === 'text/plain';
}

/**
 * Reads an HTML page, Markdown or plain text; the default title is the last part of the address.
 *
 * @throws RangeError when its elements are nested too deeply
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
  const title = shorten(document.title || nameOf(arrival.url), MAX_TITLE_LENGTH);
  return { ...document, title, description: shorten(document.description, MAX_DESCRIPTION_LENGTH) };
}

/** Shortens a text between characters, with an ellipsis. */
function shorten(text: string, max: number): string {
  return text.length <= max ? text : `${cutText(text, max - 1).trimEnd()}…`;
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
