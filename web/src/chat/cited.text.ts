import type { Citation } from '@switchyard/services';

/** A page that an answer cites. */
export type CitedPage = Pick<Citation, 'url' | 'title'>;

/** A cited page with its number. */
export interface NumberedCitation extends CitedPage {
  /** The number in the text. */
  number: number;
  /** The link; undefined when the address is not a web page. */
  href?: string;
}

/** An answer without addresses, and its cited pages. */
export interface CitedText {
  text: string;
  citations: readonly NumberedCitation[];
}

/**
 * Replaces the full citations in an answer by the pages' numbers, because the pages are listed below it; the answer's own
 * numbers stay.
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

/** Matches the line `[3] Title (address)` with which an answer lists a page. */
function ownLine(content: string, { title, url }: CitedPage): { number: number; text: string } | undefined {
  const source = title ? `${title} (${url})` : url;
  const line = content.split('\n').find((each) => each.startsWith('[') && each.endsWith(`] ${source}`));
  const number = line === undefined ? NaN : Number(line.slice(1, -`] ${source}`.length));
  return line !== undefined && Number.isInteger(number) ? { number, text: line } : undefined;
}

/** Returns an address if it is safe to link; addresses are untrusted. */
function webAddress(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, href } = new URL(url);
  return protocol === 'http:' || protocol === 'https:' ? href : undefined;
}

/** Splits a text into plain parts and citation references. */
export function withReferences(text: string, citations: readonly NumberedCitation[]): (string | NumberedCitation)[] {
  const pieces = text.split(/(\[\d{1,3}\])/).filter((piece) => piece !== '');
  return pieces.map((piece) => citations.find(({ number }) => piece === `[${number}]`) ?? piece);
}
