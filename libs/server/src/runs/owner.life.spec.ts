import { DeadNodes } from '../cluster/dead.nodes.js';
import { Heartbeat } from '../cluster/heartbeat.js';
import { LOOKS_OF_DEAD } from './orphan.reaper.js';
import { OwnerLife } from './owner.life.js';

const LEASE_MS = 10_000;

describe('a process as an owner of leases', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  /** Makes a life whose store answers each heartbeat after `late_ms`. */
  const begin = (late_ms = 0) => {
    const beat = () => new Promise<boolean>((resolve) => setTimeout(() => resolve(true), late_ms));
    const heartbeat = new Heartbeat('self', { beat, leave: () => Promise.resolve() });
    return { life: new OwnerLife(heartbeat, LEASE_MS), heartbeat };
  };

  it('is sure for seven tenths of the lease time after each heartbeat', async () => {
    const { life, heartbeat } = begin();
    for (const _ of [1, 2]) {
      const renewing = heartbeat.beat();
      await jest.advanceTimersByTimeAsync(0);
      await renewing;
      await jest.advanceTimersByTimeAsync(LEASE_MS * 0.69);
      expect(life.isSure).toBe(true);
      await jest.advanceTimersByTimeAsync(LEASE_MS * 0.02);
      expect(life.isSure).toBe(false);
    }
  });

  it('counts from the sending of a heartbeat, not from its late answer', async () => {
    const { life, heartbeat } = begin(LEASE_MS * 0.5);
    const renewing = heartbeat.beat();
    await jest.advanceTimersByTimeAsync(LEASE_MS * 0.5);
    await renewing;
    await jest.advanceTimersByTimeAsync(LEASE_MS * 0.19);
    expect(life.isSure).toBe(true);
    await jest.advanceTimersByTimeAsync(LEASE_MS * 0.02);
    expect(life.isSure).toBe(false);
  });

  it('takes itself for dead before another process can seize its leases', async () => {
    const { life, heartbeat } = begin();
    const renewing = heartbeat.beat();
    await jest.advanceTimersByTimeAsync(0);
    await renewing;
    const look_ms = LEASE_MS * 0.2;
    const owners = new DeadNodes(LOOKS_OF_DEAD);
    // The other process looks for the first time just when this one begins to look dead.
    await jest.advanceTimersByTimeAsync(life.silent_ms);
    for (;;) {
      if (owners.look(['self']).size > 0) break;
      await jest.advanceTimersByTimeAsync(look_ms);
    }
    expect(life.isSure).toBe(false);
  });

  it('is always sure when its store is not shared', () => {
    const life = new OwnerLife(undefined, LEASE_MS);
    jest.advanceTimersByTime(100 * LEASE_MS);
    expect(life.isSure).toBe(true);
  });
});
