import { Fault, type Reply } from '@switchyard/contract';
import { openRedisStore, type RedisStore } from '@switchyard/store-redis';
import { CallRepeats } from '../../libs/server/src/dispatch/call.repeats.js';
import { FaultProxy } from '../harness/fault-proxy.js';
import { TestRedis } from '../harness/redis.js';
import { until } from '../harness/until.js';

const DONE: Reply = { ok: true, data: 'done' };

describe('a call that arrives at two nodes', () => {
  let redis: TestRedis;
  let stores: RedisStore[];
  let nodes: CallRepeats[];
  beforeEach(async () => {
    redis = await TestRedis.start();
    stores = await Promise.all([openRedisStore({ url: redis.url }), openRedisStore({ url: redis.url })]);
    nodes = stores.map((store) => new CallRepeats(store));
  });
  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await redis.stop();
  });

  const attempt = { key: 'user:somebody|id', digest: 'd', repeatable: false };
  const never = () => new Promise<Reply>(() => undefined);

  it('is answered by the second node once the first has its reply', async () => {
    let finish!: (reply: Reply) => void;
    const started = new Promise<void>((resolve) => {
      void nodes[0]!.once(attempt, () => {
        resolve();
        return new Promise((done) => (finish = done));
      });
    });
    await started;
    const second = nodes[1]!.once(attempt, never);
    finish(DONE);
    expect(await second).toEqual(DONE);
  });

  it('has an unknown outcome when the first node is lost, and runs again if it is repeatable', async () => {
    for (const repeatable of [false, true]) {
      const key = `user:somebody|${repeatable}`;
      await new Promise<void>((resolve) => {
        void nodes[0]!.once({ ...attempt, key, repeatable }, () => {
          resolve();
          return never();
        });
      });
    }
    await stores[0]!.close();
    const outcome = (repeatable: boolean) =>
      nodes[1]!.once({ ...attempt, key: `user:somebody|${repeatable}`, repeatable }, () => Promise.resolve(DONE));
    const [lost, again] = await Promise.allSettled([outcome(false), outcome(true)]);
    expect(lost).toMatchObject({ status: 'rejected', reason: { code: 'call.outcome_unknown' } });
    expect(again).toEqual({ status: 'fulfilled', value: DONE });
  });

  describe('and loses Redis while it runs,', () => {
    let proxy: FaultProxy;
    let behind: RedisStore;
    beforeEach(async () => {
      proxy = await FaultProxy.to(redis.port);
      behind = await openRedisStore({ url: `redis://127.0.0.1:${proxy.port}` });
      nodes[0] = new CallRepeats(behind);
    });
    afterEach(async () => {
      await behind.close();
      await proxy.close();
    });

    const lose = async () => {
      proxy.refuse();
      proxy.cutClean();
      await until('the store away', async () => !(await behind.ready()));
    };
    const AWAY: Reply = { ok: false, error: new Fault('store.unavailable').toBody() };

    it('is answered with its own result, at once and when it is repeated', async () => {
      const first = nodes[0]!.once(attempt, () => lose().then(() => DONE));
      expect(await first).toEqual(DONE);
      const second = nodes[1]!.once(attempt, never);
      proxy.accept();
      expect(await second).toEqual(DONE);
      expect(await nodes[0]!.once(attempt, never)).toEqual(DONE);
    });

    it('has an unknown outcome when it is repeated, unless it had not begun or is repeatable', async () => {
      const again = { ...attempt, key: 'user:somebody|again', repeatable: true };
      const notBegun = { ...attempt, key: 'user:somebody|not-begun' };
      let go!: (away: Promise<void>) => void;
      const away = new Promise<void>((resolve) => (go = resolve));
      const begin = (one: typeof attempt, end: () => Promise<Reply>) =>
        new Promise<() => Promise<Reply>>((begun) => {
          const ended = nodes[0]!.once(one, () => {
            begun(() => ended);
            return away.then(end);
          });
        });
      const refused = await begin(attempt, () => Promise.resolve(AWAY));
      const lost = await begin(again, () => Promise.resolve(AWAY));
      const thrown = await begin(notBegun, () => Promise.reject(new Fault('store.unavailable')));
      go(lose());
      expect(await Promise.allSettled([refused(), lost(), thrown()])).toMatchObject([
        { value: AWAY },
        { value: AWAY },
        { reason: { code: 'store.unavailable' } },
      ]);
      const second = nodes[1]!.once(attempt, never);
      proxy.accept();
      expect(await second).toMatchObject({ error: { code: 'call.outcome_unknown' } });
      for (const one of [again, notBegun])
        for (const node of nodes) expect(await node.once(one, () => Promise.resolve(DONE))).toEqual(DONE);
    });
  });
});

describe('a half-open connection to Redis', () => {
  it('is detected and replaced, and delays nobody for longer', async () => {
    const redis = await TestRedis.start();
    const proxy = await FaultProxy.to(redis.port);
    const store = await openRedisStore({ url: `redis://127.0.0.1:${proxy.port}` });
    const other = await openRedisStore({ url: redis.url });
    try {
      const received: string[] = [];
      let checked!: () => void;
      const looks = new Promise<void>((resolve) => (checked = resolve));
      await store.rooms.follow('r', {
        appended: ({ payload }) => received.push(payload),
        volatilePublished: () => {},
        check: () => checked(),
      });
      proxy.halfOpen();
      const entry = { event: 'e', payload: '1', at: 1 };
      await expect(store.rooms.append('r', entry, 10)).rejects.toMatchObject({ code: 'call.outcome_unknown' });
      await other.rooms.append('r', entry, 10);
      await looks;
      await until('the store back', () => store.ready());
      expect((await store.rooms.append('r', entry, 10)).offset).toBe(2);
      // The new connection may begin to listen a moment later.
      await until('an event heard', async () => {
        await other.rooms.append('r', entry, 10);
        return received.length > 0;
      });
    } finally {
      await Promise.all([store.close(), other.close()]);
      await proxy.close();
      await redis.stop();
    }
  });
});
