import { MemoryStore } from '@switchyard/server';
import { openCorpus } from '../../test/sites/crawler.js';
import type { Corpus } from './corpus.js';
import { DomainEvents, type DomainEventName } from './domain-events.js';

const page = (source_id: string, url: string, ...texts: string[]) => ({
  source_id,
  url,
  title: url,
  text_length: 1,
  chunks: texts.map((text) => ({ heading: '', text, word_count: text.split(' ').length })),
});
const source = (source_id: string) => ({
  source_id,
  url: `http://${source_id}/`,
  title: source_id,
  source_type: 'url' as const,
});

describe('the corpus', () => {
  let store: MemoryStore;
  let corpus: Corpus;
  let log: string[];

  beforeEach(async () => {
    store = new MemoryStore();
    const events = new DomainEvents();
    log = [];
    for (const name of ['source_added', 'source_updated', 'source_deleted'] satisfies DomainEventName[]) {
      events.on(name).subscribe(({ source_id }) => log.push(`${name} ${source_id}`));
    }
    ({ corpus } = openCorpus(store, events));
    await corpus.openSource(source('yard'));
    await corpus.putPage(page('yard', 'hump', 'gravity sorts wagons', 'retarders squeal'));
    await corpus.putPage(page('yard', 'points', 'blades move'));
  });

  it('finds stored passages, the best first, and only in the given source', async () => {
    await corpus.openSource(source('port'));
    await corpus.putPage(page('port', 'quay', 'wagons wagons roll on the ferry'));
    expect(corpus.index.search('sorting gravity wagons').map(({ url }) => url)).toEqual(['hump', 'quay']);
    expect(corpus.index.search('wagons', { source_id: 'yard' }).map(({ url }) => url)).toEqual(['hump']);
    expect(corpus.index.search('wagons', { limit: 1 })).toHaveLength(1);
    expect(corpus.index.search('the of and')).toEqual([]);
  });

  it('finds beginnings of words and misspellings when there is nothing better', () => {
    expect(corpus.index.search('retarder')).toEqual(corpus.index.search('retarders'));
    expect(corpus.index.search('grav').map(({ url }) => url)).toEqual(['hump']);
    expect(corpus.index.search('gravitty').map(({ url }) => url)).toEqual(['hump']);
  });

  it('searches for the first meaningful words of a long text', () => {
    const others = (many: number) => Array.from({ length: many }, (_, n) => `the other${n} other0`).join(' ');
    expect(corpus.index.search(`${others(31)} gravity`).map(({ url }) => url)).toEqual(['hump']);
    expect(corpus.index.search(`${others(32)} gravity`)).toEqual([]);
    expect(corpus.index.search(`${'the '.repeat(1000)} gravity`).map(({ url }) => url)).toEqual(['hump']);
  });

  it('replaces a page as a whole', async () => {
    await corpus.putPage(page('yard', 'hump', 'friction'));
    expect(corpus.index.search('gravity')).toEqual([]);
    expect(await corpus.chunks.ofPage('yard', 'hump')).toMatchObject([{ text: 'friction', position: 0 }]);
    expect(await corpus.chunks.ofSource('yard')).toHaveLength(2);
    expect(await corpus.pages.get('yard', 'hump')).toMatchObject({ chunks_count: 1, word_count: 1 });
    expect(corpus.index.size).toBe(2);
  });

  it('keeps the code examples of a page until they are replaced', async () => {
    const hump = (await corpus.pages.get('yard', 'hump'))!;
    await corpus.putCode(hump, [{ heading: 'Spacing', language: 'csv', code: '1,2' }]);
    expect(await corpus.chunks.codeOf('yard')).toMatchObject([{ url: 'hump', language: 'csv', position: 0 }]);
    expect(await corpus.settleSource('yard')).toMatchObject({ code_examples_count: 1 });
    const again = await corpus.putPage(page('yard', 'hump', 'friction'));
    expect(await corpus.chunks.codeOf('yard')).toHaveLength(1);
    expect(again.code_examples_count).toBe(1);
    await corpus.putCode(again, []);
    expect(await corpus.chunks.codeOf('yard')).toEqual([]);
    expect(await corpus.settleSource('yard')).toMatchObject({ code_examples_count: 0 });
  });

  it('counts a source again when its crawl is done', async () => {
    const settled = { status: 'active', pages_count: 2, chunks_count: 3, word_count: 7 };
    expect(await corpus.settleSource('yard')).toMatchObject(settled);
    await corpus.removePages(await corpus.pages.list('yard'));
    expect(await corpus.settleSource('yard')).toMatchObject({ status: 'error', chunks_count: 0 });
    expect(await corpus.settleSource('nowhere')).toBeUndefined();
    expect(corpus.index.size).toBe(0);
  });

  it('keeps the other fields of a source that is opened again', async () => {
    await corpus.openSource({ ...source('yard'), tags: ['rail'] });
    expect(await corpus.openSource({ ...source('yard'), title: 'Yard' })).toMatchObject({
      tags: ['rail'],
      title: 'Yard',
    });
    expect(log).toEqual(['source_added yard', 'source_updated yard', 'source_updated yard']);
  });

  it('deletes a source with everything in it', async () => {
    expect(await corpus.deleteSource('yard')).toBe(true);
    expect(await corpus.deleteSource('yard')).toBe(false);
    expect(corpus.index.search('gravity blades')).toEqual([]);
    expect(await corpus.chunks.ofSource('yard')).toEqual([]);
    expect(await corpus.sources.list()).toEqual([]);
    expect(log.at(-1)).toBe('source_deleted yard');
  });

  it('finds everything again after a restart', async () => {
    const { corpus: restarted, follower } = openCorpus(store);
    await follower.onModuleInit();
    expect(restarted.index.size).toBe(3);
    expect(restarted.index.search('gravity')).toEqual(corpus.index.search('gravity'));
  });

  it('finds the old page until all of it is replaced, and then the last one', async () => {
    const long = (word: string) => page('yard', 'long', ...Array.from({ length: 200 }, () => `wagon ${word}`));
    const seen = () => {
      const hits = corpus.index.search('wagon', { limit: 1000 }).filter(({ url }) => url === 'long');
      return `${hits.length} ${[...new Set(hits.map(({ chunk }) => chunk.text))].join()}`;
    };
    await corpus.putPage(long('v1'));
    const found = new Set([seen()]);
    const replacing = [corpus.putPage(long('v2')), corpus.putPage(long('v3'))];
    while (!found.has('200 wagon v3')) {
      await new Promise((resolve) => setImmediate(resolve));
      found.add(seen());
    }
    await Promise.all(replacing);
    expect([...found]).toEqual(['200 wagon v1', '200 wagon v3']);
    expect(corpus.index.size).toBe(203);
  });

  it('does not count a source that is deleted meanwhile, and deletes it once', async () => {
    const deleted = await Promise.all([corpus.deleteSource('yard'), corpus.deleteSource('yard')]);
    expect(deleted.filter(Boolean)).toHaveLength(1);
    expect(await corpus.settleSource('yard')).toBeUndefined();
    const [settled] = await Promise.all([corpus.openSource(source('port')), corpus.deleteSource('port')]);
    expect(settled.source_id).toBe('port');
    expect(log.filter((line) => line === 'source_deleted yard')).toHaveLength(1);
  });

  it('adds many chunks while a page of them is removed', async () => {
    const many = page('yard', 'long', ...Array.from({ length: 500 }, (_, n) => `wagon number${n}`));
    const adding = corpus.putPage(many);
    await new Promise((resolve) => setImmediate(resolve));
    corpus.index.removePage('yard', 'long');
    await adding;
    expect(corpus.index.search('wagon').filter(({ url }) => url === 'long')).toEqual([]);
  });
});
