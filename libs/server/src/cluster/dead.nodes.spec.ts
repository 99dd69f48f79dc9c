import { DeadNodes } from './dead.nodes.js';

describe('a process without a heartbeat', () => {
  it('is dead after three checks in a row, not after one or two', () => {
    const nodes = new DeadNodes(3);
    const seen = [false, false, true, false, false, true, false].map((isAlive) => [
      ...nodes.look(isAlive ? [] : ['a']),
    ]);
    expect(seen.flat()).toEqual([]);
    expect([...nodes.look(['a'])]).toEqual([]);
    expect([...nodes.look(['a', 'b'])]).toEqual(['a']);
  });

  it('is checked three times again after the store was away', () => {
    const nodes = new DeadNodes(3);
    for (const _ of [1, 2]) expect([...nodes.look(['a'])]).toEqual([]);
    nodes.clear();
    for (const _ of [1, 2]) expect([...nodes.look(['a'])]).toEqual([]);
    expect([...nodes.look(['a', 'a'])]).toEqual(['a']);
  });
});
