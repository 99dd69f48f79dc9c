import type { Block, ReadableDocument } from './document.js';

const FENCE = /^\s{0,3}(```+|~~~+)\s*([A-Za-z0-9+#_.-]*)/;
const HEADING = /^\s{0,3}(#{1,6})\s(.*)$/;

/** Reads Markdown: headings, fenced code and paragraphs; other markup stays in the text. */
export function readMarkdown(text: string): ReadableDocument {
  const blocks: Block[] = [];
  let paragraph: string[] = [];
  let fence: { mark: string; language: string; lines: string[] } | undefined;
  const endParagraph = () => {
    if (paragraph.length > 0) blocks.push({ kind: 'text', text: paragraph.join(' ').replace(/\s+/g, ' ').trim() });
    paragraph = [];
  };
  const endFence = () => {
    const code = fence!.lines.join('\n').trimEnd();
    const language = fence!.language.toLowerCase();
    if (code.trim()) blocks.push({ kind: 'code', text: code, ...(language && { language }) });
    fence = undefined;
  };

  for (const line of text.split(/\r\n?|\n/)) {
    if (fence) {
      if (line.trim().startsWith(fence.mark) && !line.trim().slice(fence.mark.length).trim()) endFence();
      else fence.lines.push(line);
      continue;
    }
    const [, mark, language] = FENCE.exec(line) ?? [];
    const [, level, heading] = HEADING.exec(line) ?? [];
    if (mark || level || !line.trim()) endParagraph();
    const title = heading?.trim().replace(/(^|\s)#+$/, '');
    if (mark) fence = { mark, language: language!, lines: [] };
    else if (level && title) blocks.push({ kind: 'heading', level: level.length, text: title });
    else if (!level && line.trim()) paragraph.push(line);
  }
  if (fence) endFence();
  endParagraph();
  return { title: titleOf(blocks), description: '', blocks, links: [], noindex: false };
}

/** Reads plain text: paragraphs between empty lines, and a short first line as the title. */
export function readPlainText(text: string): ReadableDocument {
  const paragraphs = text
    .replace(/\r\n?/g, '\n')
    .split(/\n(?:[ \t]*\n)+/)
    .map((part) => part.replace(/\s+/g, ' ').trim());
  const blocks = paragraphs.filter(Boolean).map((part): Block => ({ kind: 'text', text: part }));
  const first = text
    .trimStart()
    .split(/\r\n?|\n/, 1)[0]!
    .trim();
  return { title: first.length <= 120 ? first : '', description: '', blocks, links: [], noindex: false };
}

function titleOf(blocks: readonly Block[]): string {
  return blocks.find(({ kind }) => kind === 'heading')?.text ?? '';
}
