import { openRedisStore } from '@switchyard/store-redis';
import { FaultProxy } from '../harness/fault-proxy.js';
import { TestRedis } from '../harness/redis.js';
import { call } from '../restart/busy.service.js';
import { KilnGateway, kiln } from '../toys/kiln.toy.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

describe('a call about a run on another node', () => {
  let redis: TestRedis;
  let proxy: FaultProxy;
  let a: ToyApp;
  let b: ToyApp;
  const payload = { kiln_id: 'k' };
  const at = (node: ToyApp) => node.get(KilnGateway);
  const make = (name: string, node = b) => call(node, kiln, name, payload);
  const start = (url: string) => startToys({ openStore: () => openRedisStore({ url }), providers: [KilnGateway] });
  beforeEach(async () => {
    redis = await TestRedis.start();
    proxy = await FaultProxy.to(redis.port);
    [a, b] = await Promise.all([start(`redis://127.0.0.1:${proxy.port}`), start(redis.url)]);
    await make('fire', a);
  });
  afterEach(async () => {
    await Promise.all([a.close(), b.close()]);
    await proxy.close();
    await redis.stop();
  });

  it('runs there, and returns the answer of that node', async () => {
    expect(await make('stoke')).toEqual(payload);
    expect([at(a).called, at(b).called]).toEqual([['stoke'], []]);
    await expect(make('crack')).rejects.toThrow('crack: payload.too_large');
  });

  it('fails when its answer cannot be delivered', async () => {
    at(a).stoked = () => ({ kiln_id: 1n as unknown as string });
    await expect(make('stoke')).rejects.toThrow('stoke: call.failed');
    at(a).stoked = (ref) => ref;
    expect(await make('stoke')).toEqual(payload);
  });

  it('runs once, though its answer takes so long that it is requested again', async () => {
    proxy.delay(700);
    expect(await make('stoke')).toEqual(payload);
    proxy.delay(0);
    expect([at(a).called, at(b).called]).toEqual([['stoke'], []]);
  });

  it('has an unknown outcome when that node is lost, and runs here if it is repeatable', async () => {
    const begun = new Promise<void>((resolve) => {
      at(a).meanwhile = () => {
        if (at(a).called.length === 2) resolve();
        return new Promise(() => undefined);
      };
    });
    const calls = [make('stoke'), make('cool')];
    await begun;
    await a.close();
    const [stoked, cooled] = await Promise.allSettled(calls);
    expect(stoked).toMatchObject({ reason: { message: 'stoke: call.outcome_unknown' } });
    expect(cooled).toEqual({ status: 'fulfilled', value: payload });
    expect(at(b).called).toEqual(['cool']);
  });

  it('runs here when nobody works on the run', async () => {
    await a.close();
    expect(await make('stoke')).toEqual(payload);
    expect(at(b).called).toEqual(['stoke']);
  });
});
