import { assert, array, constantFrom, integer, lorem, oneof, property, record, string } from 'fast-check';
import { chunkBlocks, codeBlocks } from './chunker.js';
import { wordsOf, type Block } from './document.js';
import { weightOf } from './text.splitter.js';

const prose = oneof(
  lorem({ mode: 'sentences', maxCount: 60 }),
  lorem({ maxCount: 700 }),
  string({ unit: 'binary', maxLength: 300 }),
);
const block = oneof(
  record({
    kind: constantFrom('heading' as const),
    level: integer({ min: 1, max: 6 }),
    text: oneof(lorem({ maxCount: 12 }), prose),
  }),
  record({ kind: constantFrom('text' as const), text: prose }),
  record({ kind: constantFrom('code' as const), text: lorem({ maxCount: 600 }) }),
);
const documents = array(block, { maxLength: 30 });

describe('chunks', () => {
  it('joined give back every word in order', () => {
    assert(
      property(documents, (blocks: Block[]) => {
        const words = blocks.flatMap(({ text }) => wordsOf(text));
        const chunks = chunkBlocks(blocks);
        expect(chunks.flatMap(({ text }) => wordsOf(text))).toEqual(words);
        expect(chunks.reduce((sum, { word_count }) => sum + word_count, 0)).toBe(words.length);
      }),
    );
  });

  it('are at most 400 words long, unless they are one block of code under its headings', () => {
    assert(
      property(documents, (blocks: Block[]) => {
        const longCode = blocks.filter(({ kind, text }) => kind === 'code' && weightOf(text) > 300);
        for (const { text } of chunkBlocks(blocks)) {
          if (!longCode.some((code) => text.endsWith(code.text))) expect(wordsOf(text).length).toBeLessThanOrEqual(400);
        }
      }),
    );
  });

  it('keep every block of code whole', () => {
    assert(
      property(documents, (blocks: Block[]) => {
        const chunks = chunkBlocks(blocks);
        for (const { kind, text } of blocks) {
          if (kind === 'code') expect(chunks.some((chunk) => chunk.text.includes(text))).toBe(true);
        }
      }),
    );
  });

  it('begin at headings and know the headings above them', () => {
    const section = (level: number, title: string, words: number): Block[] => [
      { kind: 'heading', level, text: title },
      { kind: 'text', text: 'word '.repeat(words).trim() },
    ];
    const blocks = [...section(1, 'Yard', 250), ...section(2, 'Hump', 250), ...section(2, 'Points', 100)];
    expect(chunkBlocks(blocks).map(({ heading, word_count }) => [heading, word_count])).toEqual([
      ['Yard', 251],
      ['Yard › Hump', 251],
      ['Yard › Points', 101],
    ]);
  });

  it('cut long paragraphs after sentences', () => {
    const sentence = `${'word '.repeat(39).trim()} end.`;
    const chunks = chunkBlocks([{ kind: 'text', text: Array(20).fill(sentence).join(' ') }]);
    expect(chunks.every(({ text }) => text.endsWith('end.'))).toBe(true);
  });

  it('cut writing without spaces, not through a character', () => {
    const text = '駅𠮷'.repeat(4000);
    const chunks = chunkBlocks([{ kind: 'text', text }]);
    expect(chunks.length).toBeGreaterThan(2);
    expect(chunks.map((chunk) => chunk.text).join('')).toBe(text);
    expect(chunks.some((chunk) => /\p{Surrogate}/u.test(chunk.text))).toBe(false);
  });

  it('of a very long block of code end between lines, or within an endless line', () => {
    const text = `${'const wagon = couple(next);\n'.repeat(2000)}${'𠮷'.repeat(15_001)}\nend`;
    const chunks = chunkBlocks([{ kind: 'code', text }]);
    expect(chunks.length).toBeGreaterThan(3);
    expect(chunks.every((chunk) => chunk.text.length <= 20_000)).toBe(true);
    expect(chunks.some((chunk) => /\p{Surrogate}/u.test(chunk.text))).toBe(false);
    expect(
      chunks
        .map((chunk) => chunk.text)
        .join('')
        .replaceAll('\n', ''),
    ).toBe(text.replaceAll('\n', ''));
    expect(chunks[0]!.text.endsWith(';')).toBe(true);
  });

  it('of code are listed with their language and headings', () => {
    const blocks: Block[] = [
      { kind: 'heading', level: 1, text: 'Yard' },
      { kind: 'code', text: 'go()', language: 'js' },
    ];
    expect(codeBlocks(blocks)).toEqual([{ heading: 'Yard', code: 'go()', language: 'js' }]);
  });
});
