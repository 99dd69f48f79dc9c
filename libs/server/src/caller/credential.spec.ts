import { identify, type User } from './caller.js';
import { checkCredential, hasExpired } from './credential.js';

describe('a credential', () => {
  it.each<[string, number | undefined, number, boolean]>([
    ['holds in the millisecond before its end', 1000, 999, false],
    ['has ended at its end', 1000, 1000, true],
    ['has ended after it', 1000, 1001, true],
    ['holds in the millisecond in which it ends, until then', 1000.5, 1000, false],
    ['has ended in the next', 1000.5, 1001, true],
    ['without an end never ends', undefined, Number.MAX_SAFE_INTEGER, false],
    ['with an end that is infinitely far away never ends', Infinity, Number.MAX_SAFE_INTEGER, false],
    ['with an end that is no number has ended: an authenticator that calculates wrongly lets nobody in', NaN, 0, true],
  ])('%s', (_what, expires_at, now, ended) => {
    expect(hasExpired({ expires_at }, now)).toBe(ended);
  });

  it('without an end has none in another process either, though JSON has no infinity', () => {
    const user: User = { id: 'ada', expires_at: Infinity };
    expect(hasExpired(JSON.parse(JSON.stringify(user)) as User)).toBe(false);
  });

  it('of an anonymous caller never ends', () => {
    expect(() => checkCredential(identify('polling', undefined, undefined))).not.toThrow();
    expect(() => checkCredential(identify('polling', { id: 'ada', expires_at: 1 }, undefined))).toThrow(
      expect.objectContaining({ code: 'auth.expired' }),
    );
  });
});
