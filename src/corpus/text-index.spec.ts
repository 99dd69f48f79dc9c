import { until } from '../../test/harness/until.js';
import type { Chunk } from './chunks.js';
import { TextIndex } from './text-index.js';

/** Words with short common beginnings, so that adding one changes the tree of the others. */
const word = (n: number) => [...(n * 2_654_435_761).toString(26)].map((digit) => `q${digit}`).join('');
const chunk = (source_id: string, position: number, words: readonly string[]): Chunk => ({
  id: `${source_id}-${position}`,
  source_id,
  url: `http://yard.test/${source_id}`,
  title: source_id,
  heading: '',
  position,
  text: words.join(' '),
  word_count: words.length,
});
/** The contents of the index, searchable or not. */
const heldBy = (index: TextIndex) => {
  const { termCount, documentCount } = (index as unknown as { index: { termCount: number; documentCount: number } })
    .index;
  return { termCount, documentCount };
};

describe('the index', () => {
  it('finds exactly the pages that are in it while pages are added and removed', async () => {
    const index = new TextIndex();
    const sources = Array.from({ length: 40 }, (_, n) => `source${n}`);
    const wordsOf = (n: number) => Array.from({ length: 600 }, (_, at) => word(n * 600 + at));
    const put = (n: number) => {
      const words = wordsOf(n);
      const chunks = [0, 1, 2].map((position) =>
        chunk(sources[n]!, position, words.slice(position * 200, position * 200 + 200)),
      );
      return index.putPage(sources[n]!, `http://yard.test/${sources[n]}`, chunks);
    };
    await Promise.all(sources.slice(0, 20).map((_, n) => put(n)));
    // The first half is removed, word by word, while the second is added.
    for (let n = 0; n < 20; n += 1) {
      index.removeSource(sources[n]!);
      await put(20 + n);
    }
    await until('nothing left of the first half', () => heldBy(index).termCount <= 20 * 601);
    expect(heldBy(index).documentCount).toBe(60);
    expect(index.size).toBe(60);
    for (let n = 0; n < 40; n += 1) {
      const found = index.search(word(n * 600 + 17)).map(({ source_id }) => source_id);
      if (n < 20) expect(found).not.toContain(sources[n]);
      else expect(found[0]).toBe(sources[n]);
    }
  });

  it('finds misspelt words, but seeks no misspelling of what is too long for a word', async () => {
    const index = new TextIndex();
    const long = word(7).repeat(8);
    await index.putPage('yard', 'http://yard.test/yard', [chunk('yard', 0, ['retarder', long])]);
    const found = (query: string) => index.search(query).length;
    expect([found('retardar'), found(long), found(`x${long.slice(1)}`)]).toEqual([1, 1, 0]);
  });

  it('keeps nothing of removed pages', async () => {
    const index = new TextIndex();
    await index.putPage('kept', 'http://yard.test/kept', [chunk('kept', 0, ['retarder'])]);
    const before = heldBy(index);
    await index.putPage('gone', 'http://yard.test/gone', [
      chunk(
        'gone',
        0,
        Array.from({ length: 5000 }, (_, n) => word(n)),
      ),
    ]);
    expect(heldBy(index).termCount).toBeGreaterThan(4000);
    index.removePage('gone', 'http://yard.test/gone');
    await until('nothing left of it', () => heldBy(index).termCount === before.termCount);
    expect(heldBy(index)).toEqual(before);
  });
});
