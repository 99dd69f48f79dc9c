import { OwnerLife } from './owner.life.js';
import { DeadOwners } from './dead.owners.js';

const LEASE_MS = 10_000;

describe('a process as an owner of leases', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  /** A life whose store answers after `late_ms`, and for how long it was told that the process is alive. */
  const begin = (late_ms = 0) => {
    const told: number[] = [];
    const live = (_: string, ttl_ms: number) => {
      told.push(ttl_ms);
      return new Promise<void>((resolve) => setTimeout(resolve, late_ms));
    };
    return { life: new OwnerLife({ live } as never, LEASE_MS), told };
  };

  it('is sure until seven tenths of its lease are over since it last said that it is alive, and again once it has', async () => {
    const { life } = begin();
    for (const _ of [1, 2]) {
      const renewing = life.renew();
      await jest.advanceTimersByTimeAsync(0);
      await renewing;
      await jest.advanceTimersByTimeAsync(LEASE_MS * 0.69);
      expect(life.isSure).toBe(true);
      await jest.advanceTimersByTimeAsync(LEASE_MS * 0.02);
      expect(life.isSure).toBe(false);
    }
  });

  it('counts from when it began to say so, not from an answer that came late', async () => {
    const { life } = begin(LEASE_MS * 0.5);
    const renewing = life.renew();
    await jest.advanceTimersByTimeAsync(LEASE_MS * 0.5);
    await renewing;
    await jest.advanceTimersByTimeAsync(LEASE_MS * 0.19);
    expect(life.isSure).toBe(true);
    await jest.advanceTimersByTimeAsync(LEASE_MS * 0.02);
    expect(life.isSure).toBe(false);
  });

  it('takes itself for dead before another, which looks as often as it does, can seize what it has', async () => {
    const { life, told } = begin();
    const renewing = life.renew();
    await jest.advanceTimersByTimeAsync(0);
    await renewing;
    const look_ms = LEASE_MS * 0.2;
    const owners = new DeadOwners();
    // The other looks for the first time just when the store has forgotten it.
    await jest.advanceTimersByTimeAsync(told[0]!);
    for (;;) {
      const lease = { key: 'run', owner: life.owner, isAlive: false };
      if (owners.look([lease], 'other').length > 0) break;
      await jest.advanceTimersByTimeAsync(look_ms);
    }
    expect(life.isSure).toBe(false);
  });

  it('is always sure where it shares its store with nobody', () => {
    const life = new OwnerLife(undefined, LEASE_MS);
    jest.advanceTimersByTime(100 * LEASE_MS);
    expect(life.isSure).toBe(true);
  });
});

describe('an owner that looks dead', () => {
  const lease = (owner: string, isAlive: boolean) => ({ key: `run of ${owner}`, owner, isAlive });

  it('is dead when it did three times in a row, and not for a beat or two that it missed', () => {
    const owners = new DeadOwners();
    const seen = [false, false, true, false, false, true, false].map((isAlive) =>
      owners.look([lease('a', isAlive)], 'me'),
    );
    expect(seen.flat()).toEqual([]);
    expect(owners.look([lease('a', false)], 'me')).toEqual([]);
    expect(owners.look([lease('a', false), lease('b', false)], 'me')).toEqual([lease('a', false)]);
  });

  it('begins anew after the store was away, and is never the one who looks', () => {
    const owners = new DeadOwners();
    const listed = [lease('a', false), lease('me', false)];
    for (const _ of [1, 2]) expect(owners.look(listed, 'me')).toEqual([]);
    owners.clear();
    for (const _ of [1, 2]) expect(owners.look(listed, 'me')).toEqual([]);
    expect(owners.look(listed, 'me')).toEqual([lease('a', false)]);
  });
});
