import { EventEmitter, once } from 'node:events';
import { Logger } from '@nestjs/common';
import { RunAborted } from './run.aborted.js';
import { RunLeases } from './run.leases.js';
import { Runs, type RunsOptions } from './runs.js';

const nothing = () => Promise.resolve();

/** Makes runs that end when they are aborted, and records the ends they publish. */
function start(options: RunsOptions = {}) {
  const ends: string[] = [];
  const runs = new Runs(new RunLeases({ node: 'here' }, { runLeaseMs: 20 }), 'kiln', options);
  const work = (id: string) => async (signal: AbortSignal) => {
    if (!signal.aborted) await once(signal, 'abort');
    await runs.publish(id, true, () => Promise.resolve(ends.push(`${id} ${RunAborted.of(signal)}`)));
  };
  return { ends, runs, work };
}

/** A queue that runs one task at a time. */
class SerialQueue {
  private tail: Promise<unknown> = Promise.resolve();

  add(task: () => Promise<void>): Promise<unknown> {
    return (this.tail = this.tail.then(task));
  }
}

describe('the runs of a service', () => {
  beforeAll(() => Logger.overrideLogger(false));
  afterAll(() => Logger.overrideLogger(true));

  it('go on until they are stopped, and end once', async () => {
    const { ends, runs, work } = start();
    expect(await runs.begin('a', work('a'), nothing)).toBe(true);
    expect(await runs.begin('a', work('a'), nothing)).toBe(false);
    expect(runs.has('a')).toBe(true);
    expect(runs.stop('a')).toBe(true);
    await runs.abort('a', 'interrupted');
    expect(ends).toEqual(['a stopped']);
    expect([runs.has('a'), runs.stop('a'), runs.abort('a', 'stopped')]).toEqual([false, false, undefined]);
    expect(await runs.begin('a', work('a'), nothing)).toBe(true);
    await runs.close();
  });

  it('begin anew once the run before with the same id has ended', async () => {
    const { ends, runs, work } = start();
    await runs.begin('a', work('a'), nothing);
    runs.stop('a');
    expect(await runs.begin('a', work('a'), nothing)).toBe(true);
    expect([ends, runs.has('a')]).toEqual([['a stopped'], true]);
    await runs.close();
    expect(ends).toEqual(['a stopped', 'a interrupted']);
  });

  it('are given up when they cannot be published', async () => {
    const { runs, work } = start();
    const refuse = () => Promise.reject(new Error('no'));
    await expect(runs.begin('a', work('a'), refuse)).rejects.toThrow('no');
    expect(runs.has('a')).toBe(false);
  });

  it('wait for their turn, but end at once when they are aborted', async () => {
    const { ends, runs, work } = start({ queue: new SerialQueue() });
    await runs.begin('a', work('a'), nothing);
    await runs.begin('b', work('b'), nothing);
    await runs.abort('b', 'stopped');
    await runs.abort('a', 'stopped');
    expect(ends).toEqual(['b stopped', 'a stopped']);
  });

  it('end when their time limit is over', async () => {
    const { ends, runs, work } = start({ limitMs: () => 1 });
    await runs.run('a', work('a'));
    expect(ends).toEqual(['a timeout']);
  });

  it('have their full time limit, even when it is longer than a timer can wait', async () => {
    jest.useFakeTimers();
    const day_ms = 86_400_000;
    const { ends, runs, work } = start({ limitMs: () => 40 * day_ms });
    const over = runs.run('a', work('a'));
    await jest.advanceTimersByTimeAsync(39 * day_ms);
    expect(ends).toEqual([]);
    await jest.advanceTimersByTimeAsync(day_ms);
    await over;
    jest.useRealTimers();
    expect(ends).toEqual(['a timeout']);
  });

  it('end with the process, and no new one begins then', async () => {
    const { ends, runs, work } = start();
    await runs.begin('a', work('a'), nothing);
    await runs.close();
    expect(ends).toEqual(['a interrupted']);
    await expect(runs.begin('b', work('b'), nothing)).rejects.toMatchObject({ code: 'service.draining' });
  });

  it('report their real end once the store is back', async () => {
    const { runs } = start();
    const store = new EventEmitter();
    const orphansEnded: string[] = [];
    let isAway = true;
    const isUnfinished = () => Promise.resolve(!isAway && !runs.has('a'));
    await runs.watchOrphans({
      unfinished: async () => [],
      isUnfinished,
      end: (id) => Promise.resolve(void orphansEnded.push(id)),
    });
    const publish = () => {
      if (isAway) return Promise.reject(new Error('away'));
      return Promise.resolve(store.emit('published', 'completed'));
    };
    const work = () => runs.publish('a', true, publish);
    await runs.begin(
      'a',
      () => work().catch(() => runs.publish('a', true, () => Promise.reject(new Error('too')))),
      nothing,
    );
    const published = once(store, 'published');
    isAway = false;
    expect(await published).toEqual(['completed']);
    expect(orphansEnded).toEqual([]);
  });
});
