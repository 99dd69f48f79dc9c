import { DeadNodes } from './dead.nodes.js';

describe('a process that looks dead', () => {
  it('is dead after three checks in a row, and not after one or two missed heartbeats', () => {
    const nodes = new DeadNodes(3);
    const seen = [false, false, true, false, false, true, false].map((isAlive) => [
      ...nodes.look(isAlive ? [] : ['a']),
    ]);
    expect(seen.flat()).toEqual([]);
    expect([...nodes.look(['a'])]).toEqual([]);
    expect([...nodes.look(['a', 'b'])]).toEqual(['a']);
  });

  it('has to do so three times anew after the store was away', () => {
    const nodes = new DeadNodes(3);
    for (const _ of [1, 2]) expect([...nodes.look(['a'])]).toEqual([]);
    nodes.clear();
    for (const _ of [1, 2]) expect([...nodes.look(['a'])]).toEqual([]);
    expect([...nodes.look(['a', 'a'])]).toEqual(['a']);
  });
});
