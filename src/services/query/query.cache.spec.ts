import { MemoryStore } from '@switchyard/server';
import type { QueryResult } from '@switchyard/services';
import { DomainEvents, TextIndex } from '../../corpus/index.js';
import { QueryCache } from './query.cache.js';
import { QuerySettings } from './query.settings.js';

const result: QueryResult = { from_cache: false, summary: '', urls_found: 1, processing_time_s: 0, sources: [] };

describe('the cache of answers', () => {
  let index: TextIndex;
  let cache: QueryCache;
  const put = (query: string, owner?: string) =>
    cache.put({ query, terms: query.split(' '), result, owner }, cache.edition);
  const find = async (query: string, owner?: string) =>
    (await cache.find(new Set(query.split(' ')), owner)).answer?.query;

  beforeEach(async () => {
    index = new TextIndex();
    const text = 'A retarder is a beam beside the track.';
    const page = { source_id: 'yard', url: 'http://yard.test/', title: 'Yard' };
    await index.putPage('yard', page.url, [{ id: 'a', ...page, heading: '', text, word_count: 8, position: 0 }]);
    cache = new QueryCache(new MemoryStore(), index, new DomainEvents(), new QuerySettings());
  });

  it('finds the answer to the most similar query, if it is similar enough', async () => {
    await put('retarder hump');
    await put('retarder noise');
    await put('signal');
    expect(await find('noise retarder')).toBe('retarder noise');
    expect(await find('retarder')).toBeUndefined();
    expect(await find('signal box')).toBeUndefined();
    expect(await find('wagon')).toBeUndefined();
  });

  it('gives an answer only to the user who asked', async () => {
    await put('retarder', 'ada');
    expect(await find('retarder')).toBeUndefined();
    expect(await find('retarder', 'bob')).toBeUndefined();
    expect(await find('retarder', 'ada')).toBe('retarder');
  });

  it('weighs the words of an answer once, and those of a query with each search', async () => {
    const weigh = jest.spyOn(index, 'weigh');
    for (const word of ['hump', 'noise', 'beam', 'track']) await put(`retarder ${word}`);
    expect(weigh).toHaveBeenCalledTimes(8);
    await find('retarder beam');
    expect(weigh).toHaveBeenCalledTimes(10);
  });
});
