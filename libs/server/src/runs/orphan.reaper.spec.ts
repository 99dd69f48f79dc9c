import { Logger } from '@nestjs/common';
import type { Lease, LeaseStore } from '../store/lease.store.js';
import { LOOKS_OF_DEAD, OrphanReaper } from './orphan.reaper.js';
import { OwnedLeases } from './owned.leases.js';

/** Makes the reaper of the process `here`, over leases of which every owner looks dead; `isAway` refuses to list them. */
async function start() {
  const store = { isAway: false };
  const ended: string[] = [];
  const seized: string[] = [];
  const listed: Lease[] = ['here', 'there'].map((owner) => ({ key: `kiln:${owner}`, owner, isAlive: false }));
  const leases: Partial<LeaseStore> = {
    list: () => (store.isAway ? Promise.reject(new Error('away')) : Promise.resolve(listed)),
    seize: (key) => Promise.resolve(seized.push(key) > 0),
    release: () => Promise.resolve(),
  };
  const shared = leases as LeaseStore;
  const reaper = new OrphanReaper(shared, new OwnedLeases(shared, 'here'), 'here', 100);
  await reaper.add({
    service: 'kiln',
    unfinished: () => Promise.resolve([]),
    isUnfinished: () => Promise.resolve(true),
    end: (id) => Promise.resolve(void ended.push(id)),
    lost: () => undefined,
  });
  const look = async (times: number) => {
    for (let n = 0; n < times; n += 1) await reaper.look();
  };
  return { store, ended, seized, look };
}

describe('the reaper of orphans', () => {
  beforeAll(() => Logger.overrideLogger(false));
  afterAll(() => Logger.overrideLogger(true));

  it('ends the runs of an owner that looks dead several times in a row, and never those of its own process', async () => {
    const { ended, seized, look } = await start();
    await look(LOOKS_OF_DEAD - 1);
    expect(seized).toEqual([]);
    await look(LOOKS_OF_DEAD);
    expect(new Set(ended)).toEqual(new Set(['there']));
    expect(new Set(seized)).toEqual(new Set(['kiln:there']));
  });

  it('does not count the looks from before an outage of the store', async () => {
    const { store, ended, look } = await start();
    await look(LOOKS_OF_DEAD - 1);
    store.isAway = true;
    await look(1);
    store.isAway = false;
    await look(LOOKS_OF_DEAD - 1);
    expect(ended).toEqual([]);
    await look(1);
    expect(ended).toEqual(['there']);
  });
});
