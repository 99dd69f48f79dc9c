import { blocksOf } from './text.blocks.js';

describe('the blocks of a text', () => {
  it('are prose and fenced code, in order', () => {
    expect(blocksOf('So:\n\n```json\n{ "a": 1 }\n\n{}\n```\n— Tracks\n')).toEqual([
      { kind: 'prose', text: 'So:' },
      { kind: 'code', language: 'json', text: '{ "a": 1 }\n\n{}' },
      { kind: 'prose', text: '— Tracks' },
    ]);
  });

  it('keep the lines and indentation of prose', () => {
    expect(blocksOf('one\n  two\n\nthree')).toEqual([{ kind: 'prose', text: 'one\n  two\n\nthree' }]);
  });

  it('are code to the end while a fence is open', () => {
    expect(blocksOf('A\n```\nlet a')).toEqual([
      { kind: 'prose', text: 'A' },
      { kind: 'code', text: 'let a' },
    ]);
  });

  it('do not start at a fence within a line, or within code', () => {
    expect(blocksOf('use ```a``` here')).toEqual([{ kind: 'prose', text: 'use ```a``` here' }]);
    expect(blocksOf('```md\n```js\n```')).toEqual([{ kind: 'code', language: 'md', text: '```js' }]);
  });

  it('are absent in an empty text', () => expect(blocksOf('')).toEqual([]));
});
