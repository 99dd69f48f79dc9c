import { encodingOf } from './charset.js';

/** Browsers scan this many bytes for a charset, and more only inside the head. */
const SCANNED_LENGTH = 1024;
const HEAD_ELEMENTS = new Set('html head base link meta object script style template title noscript'.split(' '));
/** Elements whose content is text in a browser that runs scripts. */
const TEXT_ONLY = new Set('script style title textarea noscript noframes noembed iframe xmp'.split(' '));

const TAG = /<(\/?)([a-z][^\s/>]*)/iy;
const ATTRIBUTE = /[\s/]*([^\s/>][^\s/>=]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?/y;
const IN_CONTENT = /charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;"'][^\s;]*))/i;
const XML_DECLARATION = /^<\?xml\s[^>]{0,512}?\sencoding\s*=\s*["']([^"'>]{1,64})["']/;

/** Matches a sticky pattern at a position. */
function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Reads the attributes of the tag whose name ends at `at`; the first of duplicates counts. */
function attributesFrom(text: string, at: number): { attributes: Map<string, string>; end: number } {
  const attributes = new Map<string, string>();
  for (let found = matchAt(ATTRIBUTE, text, at); found; found = matchAt(ATTRIBUTE, text, at)) {
    const [all, name, ...values] = found;
    at += all.length;
    const known = name!.toLowerCase();
    if (!attributes.has(known)) attributes.set(known, values.find((value) => value !== undefined) ?? '');
  }
  return { attributes, end: at };
}

function encodingOfMeta(attributes: ReadonlyMap<string, string>): string | undefined {
  const isContentType = attributes.get('http-equiv')?.toLowerCase() === 'content-type';
  const inContent = isContentType ? IN_CONTENT.exec(attributes.get('content') ?? '')?.slice(1) : undefined;
  const encoding = encodingOf(attributes.get('charset') ?? inContent?.find((value) => value !== undefined));
  // A readable tag proves that the page is not in UTF-16.
  return encoding?.startsWith('utf-16') ? 'utf-8' : encoding;
}

/** Finds the end of a text-only element, or the end of the page. */
function afterText(page: string, name: string, at: number): number {
  const end = new RegExp(`</${name}[\\s/>]`, 'gi');
  end.lastIndex = at;
  return end.exec(page)?.index ?? page.length;
}

function encodingOfTags(page: string): string | undefined {
  let isHead = true;
  for (let at = page.indexOf('<'); at >= 0; at = page.indexOf('<', at)) {
    if (!isHead && at >= SCANNED_LENGTH) return undefined;
    const [tag, slash, name] = matchAt(TAG, page, at) ?? [];
    if (tag === undefined) {
      const isComment = page.startsWith('<!--', at);
      const end = isComment ? page.indexOf('-->', at + 2) : page.indexOf('>', at + 1);
      if (/[!/?]/.test(page[at + 1] ?? '')) at = end < 0 ? page.length : end + 1;
      else at += 1;
      continue;
    }
    const { attributes, end } = attributesFrom(page, at + tag.length);
    const known = name!.toLowerCase();
    at = end;
    isHead &&= HEAD_ELEMENTS.has(known) && !(slash && known === 'head');
    if (slash) continue;
    const encoding = known === 'meta' ? encodingOfMeta(attributes) : undefined;
    if (encoding) return encoding;
    if (TEXT_ONLY.has(known)) at = afterText(page, known, at);
  }
  return undefined;
}

/**
 * Finds the encoding that a page declares, by a meta tag in its first 1024 bytes or in its head, or by an XML
 * declaration; unknown labels are skipped.
 *
 * @param page the page, decoded as latin1
 * @param isXml set for XML, where the declaration takes precedence
 */
export function declaredEncoding(page: string, isXml: boolean): string | undefined {
  if (page.startsWith('<\0?\0x\0')) return 'utf-16le';
  if (page.startsWith('\0<\0?\0x')) return 'utf-16be';
  const inXml = encodingOf(XML_DECLARATION.exec(page)?.[1]);
  return (isXml ? inXml : undefined) ?? encodingOfTags(page) ?? inXml;
}
