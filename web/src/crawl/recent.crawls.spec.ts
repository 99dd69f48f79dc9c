import { RecentCrawls } from './recent.crawls.js';

function memory(kept?: string) {
  let text = kept;
  return { get: () => text, set: (_key: string, next: string | undefined) => (text = next) };
}

describe('the crawls a browser keeps', () => {
  it('are read back, the newest first', () => {
    const storage = memory();
    const crawls = new RecentCrawls(storage);
    crawls.add({ id: 'a', url: 'http://a.test/' });
    crawls.add({ id: 'b', url: 'http://b.test/' });
    expect(new RecentCrawls(storage).value.map(({ id }) => id)).toEqual(['b', 'a']);
    crawls.remove('b');
    expect(new RecentCrawls(storage).value.map(({ id }) => id)).toEqual(['a']);
  });

  it('of two tabs are stored together', () => {
    const storage = memory();
    const [one, other] = [new RecentCrawls(storage), new RecentCrawls(storage)];
    one.add({ id: 'a', url: 'http://a.test/' });
    other.add({ id: 'b', url: 'http://b.test/' });
    one.refresh();
    expect(one.value.map(({ id }) => id)).toEqual(['b', 'a']);
  });

  it('are at most twelve', () => {
    const crawls = new RecentCrawls(memory());
    for (let n = 1; n <= 13; n += 1) crawls.add({ id: `${n}`, url: 'http://a.test/' });
    expect(crawls.value.map(({ id }) => Number(id))).toEqual([13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
  });

  it.each(['no JSON', '{}', '[1, null, {"id": 3}]'])('are none when the storage has %s', (text) => {
    expect(new RecentCrawls(memory(text)).value).toEqual([]);
  });
});
