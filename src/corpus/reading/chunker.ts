import { cutText } from '../../text/text.cut.js';
import type { ChunkDraft, CodeDraft } from './document.pieces.js';
import { wordsOf, type Block } from './document.js';
import { splitLines, splitText, weightOf } from './text.splitter.js';

/** A chunk with this many words ends at the next heading. */
const MIN_CHUNK_WEIGHT = 200;
/** The longest chunk in words; only a block of code may be longer. */
const MAX_CHUNK_WEIGHT = 400;
/** Longer paragraphs are cut, to fit into a chunk together with their headings. */
const MAX_PARAGRAPH_WEIGHT = 300;
/** Headings at a chunk's end move to the next chunk, up to this weight. */
const MAX_CARRIED_WEIGHT = MAX_CHUNK_WEIGHT - MAX_PARAGRAPH_WEIGHT;
/** Longer blocks of code are cut at line ends, because a chunk is indexed in one step. */
const MAX_CODE_CHARACTERS = 20_000;
/** The longest heading in the path; longer ones are cut. */
const MAX_HEADING_CHARACTERS = 200;

/** The headings above the current block, by level. */
class HeadingPath {
  private readonly headings: { level: number; text: string }[] = [];

  enter({ level, text }: { level: number; text: string }): void {
    while (this.headings.length > 0 && this.headings.at(-1)!.level >= level) this.headings.pop();
    this.headings.push({ level, text: cutText(text, MAX_HEADING_CHARACTERS) });
  }

  toString(): string {
    return this.headings.map(({ text }) => text).join(' › ');
  }
}

/** Collects blocks into chunks. */
class ChunkBuilder {
  private chunks: ChunkDraft[] = [];
  private parts: Block[] = [];
  private weight = 0;
  private heading = '';

  constructor(private readonly path: HeadingPath) {}

  get isLongEnough(): boolean {
    return this.weight >= MIN_CHUNK_WEIGHT;
  }

  add(block: Block): void {
    const weight = weightOf(block.text);
    if (this.weight + weight > MAX_CHUNK_WEIGHT) this.close();
    if (this.parts.every(({ kind }) => kind === 'heading')) this.heading = this.path.toString();
    this.parts.push(block);
    this.weight += weight;
  }

  /** Ends the chunk; headings at its end start the next one. */
  close(): void {
    const last = this.parts.findLastIndex(({ kind }) => kind !== 'heading');
    const headings = this.parts.slice(last + 1);
    const weight = headings.reduce((sum, { text }) => sum + weightOf(text), 0);
    const carried = weight <= MAX_CARRIED_WEIGHT ? headings : [];
    this.emit(this.parts.slice(0, this.parts.length - carried.length));
    this.parts = carried;
    this.weight = carried.length > 0 ? weight : 0;
  }

  /** Ends the last chunk. */
  finish(): void {
    this.emit(this.parts);
  }

  /** Returns the chunks that ended since the last call. */
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
      if (builder.isLongEnough) builder.close();
      path.enter(block);
    }
    const max = block.kind === 'heading' ? MAX_CARRIED_WEIGHT : MAX_PARAGRAPH_WEIGHT;
    const texts = block.kind === 'code' ? splitLines(block.text, MAX_CODE_CHARACTERS) : splitText(block.text, max);
    for (const text of texts) {
      builder.add({ ...block, text });
      yield* builder.take();
    }
  }
  builder.finish();
  yield* builder.take();
}

/**
 * Cuts a document at headings and paragraphs into chunks of about 200 to 400 words.
 *
 * No word is lost, and code of up to 20,000 characters stays whole.
 */
export function chunkBlocks(blocks: readonly Block[]): ChunkDraft[] {
  return [...chunksOf(blocks)];
}

/** Lists the code blocks of a document with the headings above them. */
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
