import { ServiceRegistry, Stages, type StageChanged } from '@switchyard/server';
import { openRedisStore } from '@switchyard/store-redis';
import { FaultProxy } from '../harness/fault-proxy.js';
import { TestFlagFile } from '../harness/flag.file.js';
import { TestRedis } from '../harness/redis.js';
import { until } from '../harness/until.js';
import { AdminClient } from '../harness/admin.client.js';
import { startToys, TOY_OPTIONS, type ToyApp } from '../toys/toy.app.js';

const CLIENTS = Array.from({ length: 200 }, (_, n) => `client-number-${String(n).padStart(6, '0')}`);

describe('the stages while Redis is away', () => {
  let redis: TestRedis;
  let proxy: FaultProxy;
  let file: TestFlagFile;
  const running: ToyApp[] = [];
  beforeEach(async () => {
    redis = await TestRedis.start();
    proxy = await FaultProxy.to(redis.port);
    file = await TestFlagFile.of({ board: { stage: 'canary', percent: 30 }, meter: { stage: 'socketio' } });
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((toys) => toys.close()));
    await proxy.close();
    await redis.stop();
    await file.remove();
  });

  const start = async (port = redis.port) => {
    const openStore = () => openRedisStore({ url: `redis://127.0.0.1:${port}` });
    const toys = await startToys({ flagsFile: file.path, openStore });
    running.push(toys);
    return toys;
  };
  const advised = async (toys: ToyApp) => {
    const stages = toys.get(Stages);
    return Promise.all(CLIENTS.map((client_id) => stages.wire('board', { key: `client:${client_id}`, client_id })));
  };
  const away = () => {
    proxy.refuse();
    proxy.cutClean();
  };

  it('hold, and nobody moves; a change is refused and changes nothing', async () => {
    const toys = await start();
    const admin = new AdminClient(toys.url);
    await admin.change('board', { stage: 'canary', percent: 60 });
    const changes: StageChanged[] = [];
    toys.get(Stages).changes$.subscribe((change) => changes.push(change));
    const [states, wires] = [toys.get(Stages).all(), await advised(toys)];
    await redis.crash();
    const { status, body } = await admin.ask('/board', { stage: 'socketio', reason: 'now' });
    expect([status, body]).toEqual([503, { error: expect.objectContaining({ code: 'store.unavailable' }) }]);
    expect((await admin.ask('/board/audit')).status).toBe(503);
    expect(toys.get(Stages).all()).toEqual(states);
    expect(await advised(toys)).toEqual(wires);
    // Redis had nothing on disk, so it comes back empty.
    await redis.restart();
    await until(
      'the change',
      async () => (await admin.ask('/meter', { stage: 'legacy', reason: 'back' })).status === 200,
    );
    expect(changes.map(({ to }) => [to.service, to.stage])).toEqual([['meter', 'legacy']]);
    expect(await advised(toys)).toEqual(wires);
    // What was lost is written again: a process that starts now does not begin at the flag file.
    await until('the records', async () => (await stored()).length === 3);
    expect((await start()).get(Stages).all()).toEqual(toys.get(Stages).all());
  });

  const stored = async () => {
    const store = await openRedisStore({ url: redis.url });
    try {
      return await store.documents.list('migration');
    } finally {
      await store.close();
    }
  };

  it('are read again when it is back, and what another process changed meanwhile is reported', async () => {
    const [far, near] = [await start(proxy.port), await start()];
    const changes: StageChanged[] = [];
    far.get(Stages).changes$.subscribe((change) => changes.push(change));
    const before = far.get(Stages).of('board');
    away();
    const admin = new AdminClient(near.url);
    await admin.change('board', { stage: 'canary', percent: 40 });
    const to = await admin.change('board', { stage: 'canary', percent: 50 });
    expect(far.get(Stages).of('board')).toEqual(before);
    proxy.accept();
    await until('the change', () => changes.length > 0);
    const { id } = (await admin.audit('board')).entries[0]!;
    const advice = { before: expect.any(Function), after: expect.any(Function) };
    expect(changes).toEqual([{ from: before, to, audit: id, changesAdvice: true, ...advice }]);
    expect(await advised(far)).toEqual(await advised(near));
  });

  it('follow an edit of the flag file once it is back', async () => {
    const toys = await start(proxy.port);
    away();
    await until('the outage', async () => (await fetch(`${toys.url}/health/ready`)).status === 503);
    const before = toys.get(Stages).all();
    await file.write({ board: { stage: 'canary', percent: 70 }, meter: { stage: 'socketio' } });
    const admin = new AdminClient(toys.url);
    expect((await admin.ask('/board', { stage: 'socketio', reason: 'now' })).status).toBe(503);
    expect(toys.get(Stages).all()).toEqual(before);
    proxy.accept();
    await until('the edit', () => toys.get(Stages).of('board').percent === 70);
    const { entries } = await admin.audit('board');
    expect(entries.map(({ to }) => to.percent)).toEqual([70, 30]);
  });

  it('are never taken back by an answer that is late', async () => {
    const stages = (await start(proxy.port)).get(Stages);
    const seen: number[] = [];
    stages.changes$.subscribe(({ to }) => to.service === 'board' && seen.push(to.percent));
    proxy.delay(20);
    // An edit makes the process read all records and then write one, while a person changes another one.
    await file.write({ board: { stage: 'canary', percent: 30 }, meter: { stage: 'shadow' } });
    const percents: number[] = [];
    while (stages.of('meter').stage !== 'shadow' || percents.length < 5) {
      percents.push(31 + percents.length);
      await stages.change('board', { stage: 'canary', percent: percents.at(-1)!, reason: 'a step' }, 'ada');
      if (percents.length > 60) throw new Error('unable to see the edit');
    }
    expect(seen).toEqual(percents);
  });

  it('begin at legacy when they cannot be read at the start, and follow the store when they can', async () => {
    const near = await start();
    await new AdminClient(near.url).change('board', { stage: 'canary', percent: 100 });
    const store = await openRedisStore({ url: `redis://127.0.0.1:${proxy.port}` });
    away();
    // Other parts of an application refuse to start without Redis, so the stages are started alone.
    const stages = new Stages(near.get(ServiceRegistry), store, { ...TOY_OPTIONS, flagsFile: file.path });
    try {
      await stages.onApplicationBootstrap();
      expect(stages.all().map(({ stage }) => stage)).toEqual(['legacy', 'legacy', 'legacy']);
      const caller = { key: `client:${CLIENTS[0]}`, client_id: CLIENTS[0]! };
      expect(await stages.wire('board', caller)).toBe('legacy');
      await expect(stages.change('meter', { stage: 'shadow', reason: 'now' }, 'ada')).rejects.toMatchObject({
        code: 'store.unavailable',
      });
      const changes: StageChanged[] = [];
      stages.changes$.subscribe((change) => changes.push(change));
      proxy.accept();
      await until('the stages', () => changes.length === 3);
      expect(stages.all()).toEqual(near.get(Stages).all());
      expect(await stages.wire('board', caller)).toBe('socketio');
      // It hears the other processes from now on.
      await new AdminClient(near.url).change('board', { stage: 'legacy' });
      await until('the change', () => stages.of('board').stage === 'legacy');
    } finally {
      await stages.onModuleDestroy();
      await store.close();
    }
  });
});
