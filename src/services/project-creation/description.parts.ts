/** A piece of a description: what it is, and under which heading it stands. */
export interface DescriptionPart {
  kind: 'item' | 'sentence';
  text: string;
  heading?: string;
}

const HEADING = /^#{1,6}\s+(.+?)\s*#*$/;
const BULLET = /^(?:[-*•+–]|\d{1,2}[.)])\s+(?:\[[ xX]\]\s+)?(.+)$/;
/** A line of few words that ends in a colon names what follows. */
const LABEL = /^(?:\*\*)?((?:\S+\s+){0,3}\S+?)(?:\*\*)?:(?:\*\*)?$/;
const SPLITTER = new Intl.Segmenter('en', { granularity: 'sentence' });

/** Takes a description apart into list items and sentences, whether it is Markdown, a list or prose. */
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
      // What is indented below an item goes on with it.
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

/** Text without the marks by which Markdown stresses it. */
function plain(text: string): string {
  return text.replace(/\*\*|__|`/g, '').trim();
}
