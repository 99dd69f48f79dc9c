import { parseDocument } from 'htmlparser2';
import { normalizeUrl, parseUrl } from '../url/site.js';
import { BlockCollector } from './block.collector.js';
import { decodeText } from './charset.js';
import type { ReadableDocument } from './document.js';
import { declaredEncoding } from './html.charset.js';
import { isTooDeep } from './html.depth.js';
import { PageSurvey } from './page.survey.js';

/** A page's address and the relevant response headers. */
export interface Arrival {
  url: string;
  /** From the `content-type` header. */
  charset?: string;
  /** The `x-robots-tag` header. */
  robots?: string;
}

/** The number of links read from a page; each costs the crawler work. */
const MAX_LINKS = 20_000;

const oneLine = (text: string | undefined) => (text ?? '').replace(/\s+/g, ' ').trim();

function directives(survey: PageSurvey, header = ''): Set<string> {
  const metas = ['robots', 'switchyard'].flatMap((name) => survey.metas.get(name) ?? []);
  const words = [...metas, header].flatMap((text) => text.toLowerCase().split(/[\s,]+/));
  return new Set(words.includes('none') ? ['noindex', 'nofollow'] : words);
}

function linksOf({ targets, base }: PageSurvey, url: string): string[] {
  const from = (base && parseUrl(base, url)?.href) || url;
  const links = new Set<string>();
  for (const target of targets) {
    const link = normalizeUrl(target.trim(), from);
    if (link) links.add(link);
    if (links.size >= MAX_LINKS) break;
  }
  return [...links];
}

/** Reads an HTML page. @throws RangeError when its elements are nested too deeply */
export function readHtml(body: Buffer, { url, charset, robots }: Arrival, isXml = false): ReadableDocument {
  const text = decodeText(body, charset, () => declaredEncoding(body.toString('latin1'), isXml));
  if (isTooDeep(text)) throw new RangeError('unable to read the page; its elements are nested too deeply');
  const survey = new PageSurvey(parseDocument(text));
  const rules = directives(survey, robots);
  const { root, whole } = survey.content;
  return {
    title: oneLine(survey.title) || oneLine(survey.meta('og:title')) || oneLine(survey.heading),
    description: oneLine(survey.meta('description')),
    blocks: new BlockCollector(whole).collect(root),
    links: rules.has('nofollow') ? [] : linksOf(survey, url),
    noindex: rules.has('noindex'),
  };
}
