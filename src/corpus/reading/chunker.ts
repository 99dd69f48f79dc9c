import { cutText } from '../../text/text.cut.js';
import type { ChunkDraft, CodeDraft } from './document.pieces.js';
import { wordsOf, type Block } from './document.js';
import { splitLines, splitText, weightOf } from './text.splitter.js';

/** A chunk is closed at the next heading once it has this many words. */
const ENOUGH = 200;
/** No chunk is longer than this, unless it is one block of code, or a part of one. */
const MOST = 400;
/** Longer paragraphs are cut, so that one fits a chunk together with the headings it stands under. */
const LONGEST_PARAGRAPH = 300;
/** So much of headings at a chunk's end goes over to the next one, which they are about. */
const CARRIED_HEADINGS = MOST - LONGEST_PARAGRAPH;
/** Longer blocks of code are cut at ends of lines: each chunk is indexed in one go. */
const LONGEST_CODE = 20_000;
/** Of a heading so many characters are kept for the path. */
const HEADING_CHARACTERS = 200;

/** The headings above a place, by level. */
class HeadingPath {
  private readonly headings: { level: number; text: string }[] = [];

  enter({ level, text }: { level: number; text: string }): void {
    while (this.headings.length > 0 && this.headings.at(-1)!.level >= level) this.headings.pop();
    this.headings.push({ level, text: cutText(text, HEADING_CHARACTERS) });
  }

  toString(): string {
    return this.headings.map(({ text }) => text).join(' › ');
  }
}

/** Gathers blocks until they make a chunk. */
class ChunkBuilder {
  private chunks: ChunkDraft[] = [];
  private parts: Block[] = [];
  private weight = 0;
  private heading = '';

  constructor(private readonly path: HeadingPath) {}

  get isEnough(): boolean {
    return this.weight >= ENOUGH;
  }

  add(block: Block): void {
    const weight = weightOf(block.text);
    if (this.weight + weight > MOST) this.close();
    if (this.parts.every(({ kind }) => kind === 'heading')) this.heading = this.path.toString();
    this.parts.push(block);
    this.weight += weight;
  }

  /** Ends the chunk; the headings at its end stay for the next one. */
  close(): void {
    const last = this.parts.findLastIndex(({ kind }) => kind !== 'heading');
    const headings = this.parts.slice(last + 1);
    const weight = headings.reduce((sum, { text }) => sum + weightOf(text), 0);
    const carried = weight <= CARRIED_HEADINGS ? headings : [];
    this.emit(this.parts.slice(0, this.parts.length - carried.length));
    this.parts = carried;
    this.weight = carried.length > 0 ? weight : 0;
  }

  /** Ends the last chunk, with whatever there is. */
  finish(): void {
    this.emit(this.parts);
  }

  /** The chunks that were closed since they were last taken. */
  take(): ChunkDraft[] {
    const { chunks } = this;
    this.chunks = [];
    return chunks;
  }

  private emit(parts: readonly Block[]): void {
    if (parts.length === 0) return;
    const text = parts.map((part) => part.text).join('\n\n');
    this.chunks.push({ heading: this.heading, text, word_count: wordsOf(text).length });
  }
}

function* chunksOf(blocks: readonly Block[]): Generator<ChunkDraft> {
  const path = new HeadingPath();
  const builder = new ChunkBuilder(path);
  for (const block of blocks) {
    if (block.kind === 'heading') {
      if (builder.isEnough) builder.close();
      path.enter(block);
    }
    const most = block.kind === 'heading' ? CARRIED_HEADINGS : LONGEST_PARAGRAPH;
    const texts = block.kind === 'code' ? splitLines(block.text, LONGEST_CODE) : splitText(block.text, most);
    for (const text of texts) {
      builder.add({ ...block, text });
      yield* builder.take();
    }
  }
  builder.finish();
  yield* builder.take();
}

/** Cuts a document into chunks of about 200 to 400 words, at headings, then paragraphs; no word is lost, code up to 20,000 characters stays whole. */
export function chunkBlocks(blocks: readonly Block[]): ChunkDraft[] {
  return [...chunksOf(blocks)];
}

/** The code blocks of a document with the headings they stand under. */
export function codeBlocks(blocks: readonly Block[]): CodeDraft[] {
  const path = new HeadingPath();
  const examples: CodeDraft[] = [];
  for (const block of blocks) {
    if (block.kind === 'heading') path.enter(block);
    if (block.kind !== 'code') continue;
    examples.push({ heading: path.toString(), code: block.text, ...(block.language && { language: block.language }) });
  }
  return examples;
}
