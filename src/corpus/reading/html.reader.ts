import { isUtf8 } from 'node:buffer';
import { loadBuffer, type CheerioAPI } from 'cheerio';
import { parseUrl } from '../web/site.js';
import { BlockCollector } from './block.collector.js';
import type { ReadableDocument } from './document.js';
import { isTooDeep } from './html.depth.js';

/** How a page came: its address and what the response's headers say of it. */
export interface Arrival {
  url: string;
  /** From the `content-type` header. */
  charset?: string;
  /** The `x-robots-tag` header. */
  robots?: string;
}

const oneLine = (text: string | undefined) => (text ?? '').replace(/\s+/g, ' ').trim();

/**
 * The page's tree, its bytes decoded as the byte order mark, the header or a meta tag says (in this order).
 * htmlparser2 and not parse5, because it is three times as fast.
 */
function parse(body: Buffer, charset: string | undefined): CheerioAPI {
  // Tags are ASCII in every charset a page may have; UTF-16 only puts zeros between.
  if (isTooDeep(body.toString('latin1').replaceAll('\0', ''))) {
    throw new RangeError('unable to read the page; its elements are nested too deeply');
  }
  const encoding = {
    ...(charset && { transportLayerEncodingLabel: charset }),
    defaultEncoding: isUtf8(body) ? 'utf-8' : 'windows-1252',
  };
  return loadBuffer(body, { xml: { xmlMode: false, decodeEntities: true }, encoding });
}

function directives($: CheerioAPI, header: string | undefined): Set<string> {
  const tags = $('meta[name]')
    .filter((_, tag) => /^(robots|switchyard)$/i.test($(tag).attr('name') ?? ''))
    .map((_, tag) => $(tag).attr('content') ?? '')
    .get();
  const words = [...tags, header ?? ''].flatMap((text) => text.toLowerCase().split(/[\s,]+/));
  return new Set(words.includes('none') ? ['noindex', 'nofollow'] : words);
}

function linksOf($: CheerioAPI, url: string): string[] {
  const href = $('base[href]').first().attr('href');
  const base = (href && parseUrl(href, url)?.href) || url;
  const links = new Set<string>();
  $('a[href], area[href]').each((_, anchor) => {
    const { href: target, rel } = anchor.attribs;
    if (/(^|\s)nofollow(\s|$)/i.test(rel ?? '') || target === undefined) return;
    const link = parseUrl(target.trim(), base);
    if (link) links.add(link.href);
  });
  return [...links];
}

function contentOf($: CheerioAPI) {
  for (const selector of ['main, [role="main"]', 'article']) {
    const found = $(selector);
    if (found.length === 1 && found.text().trim()) return { root: found[0]!, whole: false };
  }
  return { root: $('body')[0] ?? $.root()[0]!, whole: true };
}

/** Reads an HTML page. @throws RangeError when it is nested too deeply to be read. */
export function readHtml(body: Buffer, { url, charset, robots }: Arrival): ReadableDocument {
  const $ = parse(body, charset);
  const rules = directives($, robots);
  const { root, whole } = contentOf($);
  const title = $('title').not('svg title').first().text();
  return {
    title: oneLine(title) || oneLine($('meta[property="og:title"]').attr('content')) || oneLine($('h1').first().text()),
    description: oneLine($('meta[name="description"]').attr('content')),
    blocks: new BlockCollector(whole).collect(root),
    links: rules.has('nofollow') ? [] : linksOf($, url),
    noindex: rules.has('noindex'),
  };
}
