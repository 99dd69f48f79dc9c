import { EventEmitter, once } from 'node:events';
import { Logger } from '@nestjs/common';
import { RunAborted } from './run.aborted.js';
import { RunLeases } from './run.leases.js';
import { Runs, type RunsOptions } from './runs.js';

const nothing = () => Promise.resolve();

/** Runs that end when they are cut, and what was told of them. */
function start(options: RunsOptions = {}) {
  const told: string[] = [];
  const runs = new Runs(new RunLeases({ node: 'here' }, { runLeaseMs: 20 }), 'kiln', options);
  const work = (id: string) => async (signal: AbortSignal) => {
    if (!signal.aborted) await once(signal, 'abort');
    await runs.publish(id, true, () => Promise.resolve(told.push(`${id} ${RunAborted.of(signal)}`)));
  };
  return { told, runs, work };
}

/** Lets one task at a time have its turn. */
class Line {
  private tail: Promise<unknown> = Promise.resolve();

  add(task: () => Promise<void>): Promise<unknown> {
    return (this.tail = this.tail.then(task));
  }
}

describe('the runs of a service', () => {
  beforeAll(() => Logger.overrideLogger(false));
  afterAll(() => Logger.overrideLogger(true));

  it('go on until they are stopped, and then once', async () => {
    const { told, runs, work } = start();
    expect(await runs.begin('a', work('a'), nothing)).toBe(true);
    expect(await runs.begin('a', work('a'), nothing)).toBe(false);
    expect(runs.has('a')).toBe(true);
    expect(runs.stop('a')).toBe(true);
    await runs.abort('a', 'interrupted');
    expect(told).toEqual(['a stopped']);
    expect([runs.has('a'), runs.stop('a'), runs.abort('a', 'stopped')]).toEqual([false, false, undefined]);
    expect(await runs.begin('a', work('a'), nothing)).toBe(true);
    await runs.close();
  });

  it('begin anew once the one before, which is being ended, is over', async () => {
    const { told, runs, work } = start();
    await runs.begin('a', work('a'), nothing);
    runs.stop('a');
    expect(await runs.begin('a', work('a'), nothing)).toBe(true);
    expect([told, runs.has('a')]).toEqual([['a stopped'], true]);
    await runs.close();
    expect(told).toEqual(['a stopped', 'a interrupted']);
  });

  it('are given up when they cannot be made known', async () => {
    const { runs, work } = start();
    const refuse = () => Promise.reject(new Error('no'));
    await expect(runs.begin('a', work('a'), refuse)).rejects.toThrow('no');
    expect(runs.has('a')).toBe(false);
  });

  it('wait their turn, but not to be ended', async () => {
    const { told, runs, work } = start({ queue: new Line() });
    await runs.begin('a', work('a'), nothing);
    await runs.begin('b', work('b'), nothing);
    await runs.abort('b', 'stopped');
    await runs.abort('a', 'stopped');
    expect(told).toEqual(['b stopped', 'a stopped']);
  });

  it('end when their time is over', async () => {
    const { told, runs, work } = start({ limitMs: () => 1 });
    await runs.run('a', work('a'));
    expect(told).toEqual(['a timeout']);
  });

  it('have their full time limit, even when it is longer than a timer can wait', async () => {
    jest.useFakeTimers();
    const day_ms = 86_400_000;
    const { told, runs, work } = start({ limitMs: () => 40 * day_ms });
    const over = runs.run('a', work('a'));
    await jest.advanceTimersByTimeAsync(39 * day_ms);
    expect(told).toEqual([]);
    await jest.advanceTimersByTimeAsync(day_ms);
    await over;
    jest.useRealTimers();
    expect(told).toEqual(['a timeout']);
  });

  it('end with the process, and none begins then', async () => {
    const { told, runs, work } = start();
    await runs.begin('a', work('a'), nothing);
    await runs.close();
    expect(told).toEqual(['a interrupted']);
    await expect(runs.begin('b', work('b'), nothing)).rejects.toMatchObject({ code: 'service.draining' });
  });

  it('report their real end once the store is back', async () => {
    const { runs } = start();
    const store = new EventEmitter();
    const buried: string[] = [];
    let isAway = true;
    const isUnfinished = () => Promise.resolve(!isAway && !runs.has('a'));
    await runs.watchOrphans({
      unfinished: async () => [],
      isUnfinished,
      end: (id) => Promise.resolve(void buried.push(id)),
    });
    const publish = () => {
      if (isAway) return Promise.reject(new Error('away'));
      return Promise.resolve(store.emit('told', 'completed'));
    };
    const work = () => runs.publish('a', true, publish);
    await runs.begin(
      'a',
      () => work().catch(() => runs.publish('a', true, () => Promise.reject(new Error('too')))),
      nothing,
    );
    const told = once(store, 'told');
    isAway = false;
    expect(await told).toEqual(['completed']);
    expect(buried).toEqual([]);
  });
});
