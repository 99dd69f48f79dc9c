/** A piece of a description, with the heading above it. */
export interface DescriptionPart {
  kind: 'item' | 'sentence';
  text: string;
  heading?: string;
}

const HEADING = /^#{1,6}\s+(.+?)\s*#*$/;
const BULLET = /^(?:[-*•+–]|\d{1,2}[.)])\s+(?:\[[ xX]\]\s+)?(.+)$/;
/** A line of at most four words that ends in a colon: it is a heading. */
const LABEL = /^(?:\*\*)?((?:\S+\s+){0,3}\S+?)(?:\*\*)?:(?:\*\*)?$/;
const SPLITTER = new Intl.Segmenter('en', { granularity: 'sentence' });

/** Splits a description, in Markdown or plain text, into list items and sentences. */
export function partsOf(description: string): DescriptionPart[] {
  const parts: DescriptionPart[] = [];
  let heading: string | undefined;
  let prose: string[] = [];
  const add = (kind: DescriptionPart['kind'], text: string) =>
    parts.push({ kind, text, ...(heading !== undefined && { heading }) });
  const flush = () => {
    for (const { segment } of SPLITTER.segment(prose.join(' '))) {
      if (segment.trim() !== '') add('sentence', segment.trim());
    }
    prose = [];
  };
  let isInItem = false;
  for (const line of description.split(/\r?\n/)) {
    const text = line.trim();
    const named = (HEADING.exec(text) ?? LABEL.exec(text))?.[1];
    const item = BULLET.exec(text)?.[1];
    if (isInItem && /^\s/.test(line) && text !== '' && item === undefined) {
      // An indented line continues the item above it.
      parts.at(-1)!.text += ` ${plain(text)}`;
      continue;
    }
    isInItem = item !== undefined;
    if (text === '' || named !== undefined || isInItem) flush();
    if (named !== undefined) heading = plain(named);
    else if (item !== undefined) add('item', plain(item));
    else if (text !== '') prose.push(plain(text));
  }
  flush();
  return parts;
}

/** Removes Markdown's marks for bold text and code. */
function plain(text: string): string {
  return text.replace(/\*\*|__|`/g, '').trim();
}
