/** A block of a message: prose, or code between fences. */
export type TextBlock = { kind: 'prose'; text: string } | { kind: 'code'; text: string; language?: string };

const FENCE = /^```([\w+#.-]*)[^`\n]*$/;

/** Splits a plain text at its code fences; an open fence reaches to the end. */
export function blocksOf(text: string): TextBlock[] {
  const blocks: TextBlock[] = [];
  let lines: string[] = [];
  let language: string | undefined;
  let isCode = false;
  const end = () => {
    const text = isCode ? lines.join('\n') : lines.join('\n').trim();
    if (isCode) blocks.push({ kind: 'code', text, ...(language && { language }) });
    else if (text !== '') blocks.push({ kind: 'prose', text });
    lines = [];
  };
  for (const line of text.split('\n')) {
    const fence = FENCE.exec(line.trimEnd());
    // Inside code, only a bare fence ends the block.
    if (!fence || (isCode && fence[1] !== '')) {
      lines.push(line);
      continue;
    }
    end();
    isCode = !isCode;
    language = fence[1];
  }
  end();
  return blocks;
}
