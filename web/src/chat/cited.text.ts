import type { Citation } from '@switchyard/services';

/** A page that an answer is from. */
export type CitedPage = Pick<Citation, 'url' | 'title'>;

/** A page as it is listed under an answer. */
export interface NumberedCitation extends CitedPage {
  /** By which the text refers to it. */
  number: number;
  /** Where it can be read; undefined for what is no web page. */
  href?: string;
}

/** An answer without the addresses in it, and the pages they lead to. */
export interface CitedText {
  text: string;
  citations: readonly NumberedCitation[];
}

/**
 * Replaces the pages that an answer names in full by their numbers, since the pages are listed under it; numbers that
 * the answer gives itself are kept.
 */
export function citedText(content: string, citations: readonly CitedPage[] = []): CitedText {
  const own = citations.map((citation) => ({ citation, line: ownLine(content, citation) }));
  const numbered = own.map(({ citation, line }, place): NumberedCitation => {
    const href = webAddress(citation.url);
    return { ...citation, number: line?.number ?? place + 1, ...(href && { href }) };
  });
  let text = own.reduce((rest, { line }) => (line ? rest.replace(`\n${line.text}`, '') : rest), content);
  for (const { title, url, number } of numbered) {
    text = text.replaceAll(title ? `${title} (${url})` : url, title ? `${title} [${number}]` : `[${number}]`);
  }
  return { text: text.trimEnd(), citations: numbered };
}

/** The line `[3] Title (address)` with which an answer lists a page by itself. */
function ownLine(content: string, { title, url }: CitedPage): { number: number; text: string } | undefined {
  const source = title ? `${title} (${url})` : url;
  const line = content.split('\n').find((each) => each.startsWith('[') && each.endsWith(`] ${source}`));
  const number = line === undefined ? NaN : Number(line.slice(1, -`] ${source}`.length));
  return line !== undefined && Number.isInteger(number) ? { number, text: line } : undefined;
}

/** An address that may be linked to; what a page was called by others is not to be trusted with more. */
function webAddress(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, href } = new URL(url);
  return protocol === 'http:' || protocol === 'https:' ? href : undefined;
}

/** A text in pieces: plain ones, and references to citations. */
export function withReferences(text: string, citations: readonly NumberedCitation[]): (string | NumberedCitation)[] {
  const pieces = text.split(/(\[\d{1,3}\])/).filter((piece) => piece !== '');
  return pieces.map((piece) => citations.find(({ number }) => piece === `[${number}]`) ?? piece);
}
