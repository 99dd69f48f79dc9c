import { presenceAfter, type Presence } from './presence.js';

describe('who is in a room after a change', () => {
  const there = (...users: string[]): Presence => ({ members: users.length, users });
  const names = (count: number) => Array.from({ length: count }, (_, n) => `u${n}`);

  it.each([
    ['somebody came', there('a'), { joined: ['b'], left: [], members: 2 }, there('a', 'b')],
    ['somebody went', there('a', 'b'), { joined: [], left: ['a'], members: 1 }, there('b')],
    ['one came and one went', there('a'), { joined: ['b'], left: ['a'], members: 1 }, there('b')],
    [
      'somebody came whom the answer had named',
      there('a', 'b'),
      { joined: ['b'], left: [], members: 2 },
      there('a', 'b'),
    ],
    ['somebody went whom the answer had not named', there('a'), { joined: [], left: ['b'], members: 1 }, there('a')],
    ['nothing was known', undefined, { joined: ['a', 'b'], left: [], members: 2 }, there('a', 'b')],
    ['the room has become large', there('a'), { members: 101 }, { members: 101, users: [] }],
    ['a large room has grown', { members: 101, users: names(100) }, { members: 102 }, { members: 102, users: [] }],
    [
      'a large room has become small',
      { members: 101, users: names(100) },
      { joined: ['x'], left: [], members: 1 },
      there('x'),
    ],
  ])('is right when %s', (_what, before, change, after) => {
    expect(presenceAfter(before, { room: 'r', ...change })).toEqual(after);
  });
});
