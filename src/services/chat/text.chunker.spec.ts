import { TextChunker } from './text.chunker.js';

describe('TextChunker', () => {
  function start(interval_ms: number) {
    const passed: [string, number][] = [];
    let heard: () => void = () => undefined;
    const chunker = new TextChunker(interval_ms, (content, index) => {
      passed.push([content, index]);
      heard();
      return Promise.resolve();
    });
    const next = () => new Promise<void>((resolve) => (heard = resolve));
    return { chunker, passed, next };
  }

  it('passes on the first piece at once and the rest together', async () => {
    const { chunker, passed, next } = start(20);
    chunker.add('a');
    await Promise.resolve();
    expect(passed).toEqual([['a', 0]]);
    chunker.add('b');
    chunker.add('c');
    expect(passed).toHaveLength(1);
    await next();
    expect(passed.slice(1)).toEqual([['bc', 1]]);
    await chunker.end();
    expect(chunker.text).toBe('abc');
  });

  it('passes on what is left at the end without waiting', async () => {
    const { chunker, passed } = start(60_000);
    for (const piece of 'abc') chunker.add(piece);
    await chunker.end();
    expect(passed).toEqual([
      ['a', 0],
      ['bc', 1],
    ]);
  });

  it('passes on nothing for nothing', async () => {
    const { chunker, passed } = start(20);
    await chunker.end();
    expect(passed).toEqual([]);
  });

  it('tells when a piece could not be passed on, and passes on no later one', async () => {
    const failure = new Error('the store is away');
    const tried: string[] = [];
    const chunker = new TextChunker(60_000, (content) => {
      tried.push(content);
      return Promise.reject(failure);
    });
    chunker.add('a');
    chunker.add('b');
    await expect(chunker.end()).rejects.toBe(failure);
    expect(() => chunker.add('c')).toThrow(failure);
    expect(tried).toEqual(['a']);
  });
});
