import { TextChunker } from './text.chunker.js';

describe('the text chunker', () => {
  function start(interval_ms: number) {
    const sent: [string, number][] = [];
    let onChunk: () => void = () => undefined;
    const chunker = new TextChunker(interval_ms, (content, index) => {
      sent.push([content, index]);
      onChunk();
      return Promise.resolve();
    });
    const next = () => new Promise<void>((resolve) => (onChunk = resolve));
    return { chunker, sent, next };
  }

  it('sends the first piece at once and the rest together', async () => {
    const { chunker, sent, next } = start(20);
    chunker.add('a');
    await Promise.resolve();
    expect(sent).toEqual([['a', 0]]);
    chunker.add('b');
    chunker.add('c');
    expect(sent).toHaveLength(1);
    await next();
    expect(sent.slice(1)).toEqual([['bc', 1]]);
    await chunker.end();
    expect(chunker.text).toBe('abc');
  });

  it('sends the remaining text at its end without waiting', async () => {
    const { chunker, sent } = start(60_000);
    for (const piece of 'abc') chunker.add(piece);
    await chunker.end();
    expect(sent).toEqual([
      ['a', 0],
      ['bc', 1],
    ]);
  });

  it('sends nothing when it got no piece', async () => {
    const { chunker, sent } = start(20);
    await chunker.end();
    expect(sent).toEqual([]);
  });

  it('throws when a chunk could not be sent, and sends no later one', async () => {
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
