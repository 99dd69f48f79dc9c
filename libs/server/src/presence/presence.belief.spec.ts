import { PresenceBelief } from './presence.belief.js';

const there = (...users: string[]) => ({ members: users.length, users });
const crowd = (count: number) => ({ members: count, users: Array.from({ length: 100 }, (_, n) => `u${n}`) });

describe('the list that a member of a room has', () => {
  let belief: PresenceBelief;
  beforeEach(() => {
    belief = new PresenceBelief();
    belief.answered('a', there('ann'));
  });
  const corrected = (...users: string[]) => belief.correct(there(...users))?.change;

  it('needs no correction when it is right, nor once it was corrected', () => {
    expect(corrected('ann')).toBeUndefined();
    expect(corrected('ann', 'bob')).toEqual({ joined: ['bob'], left: [], members: 2 });
    expect(corrected('ann', 'bob')).toBeUndefined();
    expect(corrected('bob')).toEqual({ joined: [], left: ['ann'], members: 1 });
  });

  it('is right about somebody who came and went unseen, and wrong about one that an answer named', () => {
    expect(corrected('ann')).toBeUndefined();
    belief.answered('b', there('ann', 'passing', 'bob'));
    expect(corrected('ann', 'bob')).toEqual({ joined: ['bob'], left: ['passing'], members: 2 });
  });

  it('is wrong about somebody who was away when another member got its answer', () => {
    expect(corrected('ann', 'bob')).toBeDefined();
    belief.answered('c', there('ann', 'cay'));
    expect(corrected('ann', 'bob', 'cay')).toEqual({ joined: ['bob', 'cay'], left: [], members: 3 });
  });

  it('is wrong when only its count is, as after two answers that both became stale', () => {
    expect(belief.correct(crowd(102))?.change).toEqual({ members: 102 });
    belief.answered('b', crowd(103));
    belief.answered('c', crowd(104));
    expect(belief.correct(crowd(103))?.change).toEqual({ members: 103 });
    expect(belief.correct(crowd(103))).toBeUndefined();
  });

  it('needs all names when an answer had none', () => {
    belief.answered('b', undefined);
    expect(corrected('ann', 'bob')).toEqual({ joined: ['ann', 'bob'], left: [], members: 2 });
  });

  it('is right for members that got exactly it as their answer, while they stay', () => {
    belief.answered('b', there('ann', 'bob'));
    belief.answered('b2', there('ann', 'bob'));
    belief.left('b2');
    expect([...belief.correct(there('ann', 'bob'))!.except]).toEqual(['b']);
    belief.answered('c', there('ann', 'bob', 'cay'));
    expect([...belief.correct(there('ann', 'bob'))!.except]).toEqual([]);
  });
});
