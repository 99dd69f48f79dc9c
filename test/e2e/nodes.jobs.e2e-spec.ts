import { Logger } from '@nestjs/common';
import { openRedisStore, type RedisStore } from '@switchyard/store-redis';
import { Redis } from 'ioredis';
import { BullJobQueue } from '../../src/jobs/bullmq.queue.js';
import { JobCancelled } from '../../src/jobs/index.js';
import { done, forever, jobsConformance, untilAborted, Yard } from '../conformance/jobs.conformance.js';
import { FaultProxy } from '../harness/fault-proxy.js';
import { TestRedis } from '../harness/redis.js';
import { until } from '../harness/until.js';

const LOCK_MS = 500;

/** Processes with one Redis, each with its own connection that can be cut. */
class Processes {
  private readonly made: { queue: BullJobQueue; store: RedisStore; line: FaultProxy }[] = [];

  private constructor(readonly redis: TestRedis) {}

  static async open(): Promise<Processes> {
    return new Processes(await TestRedis.start(['--appendonly', 'yes']));
  }

  async process(): Promise<BullJobQueue> {
    const line = await FaultProxy.to(this.redis.port);
    const url = `redis://127.0.0.1:${line.port}`;
    const store = await openRedisStore({ url });
    const queue = new BullJobQueue(store, { url, lockMs: LOCK_MS });
    this.made.push({ queue, store, line });
    return queue;
  }

  /** Waits until a job has been started that often. */
  async hands(name: string, id: string, times: number): Promise<void> {
    const redis = new Redis(this.redis.url);
    const handed = async () => Number(await redis.hget(`switchyard:jobs:${name}:${id}`, 'ats'));
    await until(`${id} handed out ${times} times`, async () => (await handed()) >= times);
    redis.disconnect();
  }

  /** Cuts off all processes, as if they were dead. */
  async crash(): Promise<void> {
    for (const { line } of this.made) {
      line.refuse();
      line.cutClean();
    }
  }

  async close(): Promise<void> {
    for (const { queue, store, line } of this.made) {
      await queue.beforeApplicationShutdown();
      await store.close();
      await line.close();
    }
    await this.redis.stop();
  }
}

beforeAll(() => Logger.overrideLogger(false));

jobsConformance('in Redis', () => Processes.open());

describe('jobs of several processes', () => {
  let processes: Processes;
  beforeEach(async () => {
    processes = await Processes.open();
  });
  afterEach(() => processes.close());
  const yard = async (work: ConstructorParameters<typeof Yard>[1], concurrency = 1) => {
    const made = new Yard(await processes.process(), work, concurrency);
    await made.queue.begin('shunt');
    return made;
  };

  it('are spread over them, and counted together', async () => {
    const [a, b] = [await yard(untilAborted), await yard(untilAborted)];
    for (const id of ['first', 'second', 'third']) await a.add(id);
    const begun = Promise.all([a, b].map((one) => Promise.race(['first', 'second'].map((id) => one.begins(id)))));
    expect(new Set((await begun).map(({ id }) => id))).toEqual(new Set(['first', 'second']));
    for (const one of [a, b]) expect(await one.counts).toEqual({ running: 2, waiting: 1 });
  });

  it('can be cancelled by any of them', async () => {
    const [a, b] = [await yard(untilAborted), await yard(untilAborted)];
    await a.add('first');
    const { signal } = await Promise.race([a.begins('first'), b.begins('first')]);
    for (const one of [a, b]) await one.queue.cancel('shunt', 'first');
    await a.forgets('first');
    expect(signal.reason).toBeInstanceOf(JobCancelled);
  });

  it('are refused while Redis is away, and running ones continue', async () => {
    let finish!: () => void;
    const one = await yard(({ interruptions }) =>
      interruptions > 0 ? Promise.resolve() : new Promise<void>((resolve) => (finish = resolve)),
    );
    await one.add('first');
    await one.begins('first');
    await processes.redis.crash();
    await expect(one.add('second')).rejects.toMatchObject({ code: 'store.unavailable' });
    finish();
    await one.ends('first');
    await processes.redis.restart();
    await one.forgets('first');
    expect(await one.queue.has('shunt', 'second')).toBe(false);
    await one.add('third');
    await one.begins('third');
    finish();
    await one.forgets('third');
  });

  it('do not run twice at once when a process has lost Redis for too long', async () => {
    let now = 0;
    let most = 0;
    let finish!: () => void;
    const one = await yard(async ({ interruptions }) => {
      most = Math.max(most, (now += 1));
      if (interruptions === 0) await new Promise<void>((resolve) => (finish = resolve));
      now -= 1;
    }, 2);
    await one.add('first');
    await one.begins('first');
    await processes.redis.crash();
    await expect(one.counts).rejects.toMatchObject({ code: 'store.unavailable' });
    await processes.redis.restart();
    // Its lock is gone, so it is started once more, in this process, which has capacity.
    await processes.hands('shunt', 'first', 2);
    finish();
    await one.forgets('first');
    expect(most).toBe(1);
  });

  it('continue in another process when theirs is gone', async () => {
    const a = await yard(forever);
    await a.add('first');
    await a.begins('first');
    await processes.crash();
    const b = await yard(done);
    expect(await b.begins('first')).toMatchObject({ interruptions: 1 });
    await b.forgets('first');
  });
});
