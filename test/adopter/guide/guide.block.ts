import { GuideFault } from './guide.fault.js';

/** A line of the guide, with its number on the page. */
export interface GuideLine {
  text: string;
  at: number;
}

/** A command, and what it prints. */
export interface GuideCommand {
  line: GuideLine;
  printed: GuideLine[];
}

/**
 * A fenced block of the guide.
 *
 * - *file*: the whole text of a file, ` ```ts title=src/app.ts `
 * - *diff*: the changes of a file, ` ```diff title=src/app.ts `; `@@` stands between places that are apart
 * - *console*: commands and what they print. With ` terminal=name ` the last one goes on running in a terminal of its own;
 *   a block without a command is what that terminal prints next
 */
export type GuideBlock =
  | { kind: 'file' | 'diff'; at: number; path: string; lines: GuideLine[] }
  | { kind: 'console'; at: number; terminal?: string; printed: GuideLine[]; commands: GuideCommand[] };

const FENCE = /^```(\S*)((?: \S+=\S+)*)$/;

/** Reads the fenced blocks of a page in order. @throws GuideFault for a block that cannot be run */
export function readBlocks(page: string): GuideBlock[] {
  const blocks: GuideBlock[] = [];
  const lines = page.split('\n').map((text, index) => ({ text, at: index + 1 }));
  for (let next = 0; next < lines.length; next += 1) {
    const fence = lines[next]!;
    if (!fence.text.startsWith('```')) continue;
    const end = lines.findIndex(({ text }, index) => index > next && text.startsWith('```'));
    if (lines[end]?.text !== '```') throw new GuideFault(fence.at, 'this block has no end');
    blocks.push(blockOf(fence, lines.slice(next + 1, end)));
    next = end;
  }
  return blocks;
}

function blockOf({ text, at }: GuideLine, lines: GuideLine[]): GuideBlock {
  const [, language = '', list = ''] = FENCE.exec(text) ?? [];
  const { title, terminal } = Object.fromEntries(list.split(' ').map((pair) => pair.split('='))) as Partial<
    Record<string, string>
  >;
  if (language === 'console') return { kind: 'console', at, ...(terminal && { terminal }), ...commandsIn(lines) };
  if (title === undefined) throw new GuideFault(at, 'nobody runs this block; it has no title');
  return { kind: language === 'diff' ? 'diff' : 'file', at, path: title, lines };
}

function commandsIn(lines: readonly GuideLine[]): { printed: GuideLine[]; commands: GuideCommand[] } {
  const printed: GuideLine[] = [];
  const commands: GuideCommand[] = [];
  for (const { text, at } of lines) {
    if (text.startsWith('$ ')) commands.push({ line: { text: text.slice(2), at }, printed: [] });
    else (commands.at(-1)?.printed ?? printed).push({ text, at });
  }
  return { printed, commands };
}
