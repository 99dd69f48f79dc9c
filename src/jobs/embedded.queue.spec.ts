import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { MemoryStore } from '@switchyard/server';
import { openLmdbStore } from '@switchyard/store-lmdb';
import { forever, jobsConformance, Yard } from '../../test/conformance/jobs.conformance.js';
import { EmbeddedJobQueue } from './embedded.queue.js';

beforeAll(() => Logger.overrideLogger(false));

jobsConformance('in memory', async () => {
  const store = new MemoryStore();
  return {
    process: async () => new EmbeddedJobQueue(store),
    crash: async () => undefined,
    close: () => store.close(),
  };
});

/** Makes a host with a store on disk, which is opened again after a crash. */
const onDisk = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-jobs-'));
  const open = () => openLmdbStore(join(folder, 'store'));
  let store = await open();
  return {
    process: async () => new EmbeddedJobQueue(store),
    crash: async () => {
      await store.close();
      store = await open();
    },
    close: async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
};

jobsConformance('on disk', onDisk);

describe('the embedded job queue', () => {
  it('keeps the order of its jobs over a crash, and does none before begin()', async () => {
    const host = await onDisk();
    const before = new Yard(await host.process(), forever, 1);
    for (const id of ['z', 'y', 'x']) await before.add(id);
    expect(await before.counts).toEqual({ running: 0, waiting: 3 });
    await before.queue.begin('shunt');
    await before.begins('z');
    await host.crash();
    const order: string[] = [];
    const after = new Yard(await host.process(), async ({ id }) => void order.push(id), 1);
    await after.queue.begin('shunt');
    await after.begins('x');
    expect(order).toEqual(['z', 'y', 'x']);
    await after.forgets('x');
    await host.close();
  });

  it('names the jobs that have no handler', async () => {
    const queue = new EmbeddedJobQueue(new MemoryStore());
    expect(() => queue.enqueue('shunt', {}, { id: 'a' })).toThrow('unable to find the jobs called shunt');
  });
});
