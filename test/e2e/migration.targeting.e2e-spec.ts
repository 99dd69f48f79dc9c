import type { RealtimeConfig } from '@switchyard/contract';
import { MemoryStore, type Authenticate } from '@switchyard/server';
import { TestFlagFile } from '../harness/flag.file.js';
import { TestRedis } from '../harness/redis.js';
import { until } from '../harness/until.js';
import { AdminClient } from '../harness/admin.client.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';
import { startNodes } from '../toys/toy.nodes.js';

/** A token of these tests is `user@tenant`, or `user` without a tenant. */
const authenticate: Authenticate = ({ token }) => {
  const [id = '', tenant] = (token ?? '').split('@');
  return Promise.resolve(id ? { id, ...(tenant && { tenant }) } : undefined);
};
const byPercent = (percent: number) => ({
  fractional: [
    ['socketio', percent],
    ['legacy', 100 - percent],
  ],
});
const acmeFirst = (percent: number) => ({
  if: [{ in: [{ var: 'tenant' }, ['acme']] }, 'socketio', byPercent(percent)],
});
const USERS = Array.from({ length: 60 }, (_, n) => `user-${n}`);

describe("a canary with the team's own targeting", () => {
  let file: TestFlagFile;
  let store: MemoryStore;
  let toys: ToyApp;
  let admin: AdminClient;
  const start = async (flagsFile: string | undefined = file.path) => {
    toys = await startToys({ authenticate, flagsFile, openStore: () => Promise.resolve(store) });
    admin = new AdminClient(toys.url);
  };
  beforeEach(async () => {
    store = new MemoryStore();
    file = await TestFlagFile.of({ board: { stage: 'canary', percent: 0, targeting: acmeFirst(0) } });
    await start();
  });
  afterEach(async () => {
    await toys.close();
    await file.remove();
  });

  const wireOf = async (token: string, url = toys.url, client = 'client-number-000001') => {
    const headers = { ...(token && { authorization: `Bearer ${token}` }) };
    const response = await fetch(`${url}/realtime/config?client_id=${client}`, { headers });
    return ((await response.json()) as RealtimeConfig).services.board!.wire;
  };
  const movedOf = async (tokens: readonly string[]) => {
    const wires = await Promise.all(tokens.map(async (token) => [token, await wireOf(token)] as const));
    return wires.filter(([, wire]) => wire === 'socketio').map(([token]) => token);
  };

  it('gives a named tenant Socket.IO and the others a share, at every percentage', async () => {
    expect(await movedOf(['ann@acme', 'bob@acme', 'cy@other', 'dee', ''])).toEqual(['ann@acme', 'bob@acme']);
    await admin.change('board', { stage: 'canary', percent: 30 });
    const share = await movedOf(USERS);
    expect(share.length).toBeGreaterThan(USERS.length * 0.15);
    expect(share.length).toBeLessThan(USERS.length * 0.45);
    expect(await movedOf(USERS.map((user) => `${user}@other`))).toEqual(share.map((user) => `${user}@other`));
    expect(await movedOf(USERS.map((user) => `${user}@acme`))).toHaveLength(USERS.length);
  });

  it('is not shown by the admin API', async () => {
    const shown = ['closed', 'held', 'percent', 'reason', 'service', 'stage', 'updated_at', 'updated_by'];
    const states = [
      await admin.state('board'),
      await admin.change('board', { stage: 'canary', percent: 30, held: true }),
    ];
    const { body } = await admin.ask<{ services: object[] }>('');
    const { entries } = await admin.audit('board');
    for (const state of [...states, ...body.services, ...entries.flatMap(({ from, to }) => [from, to])]) {
      expect(
        Object.keys(state)
          .filter((name) => name !== 'switch')
          .sort(),
      ).toEqual(shown);
    }
  });

  it('comes back with the same people after a rollback, a restart, and an edit or the loss of the file', async () => {
    await admin.change('board', { stage: 'canary', percent: 30 });
    const people = [...USERS, ...USERS.map((user) => `${user}@acme`)];
    const before = await movedOf(people);
    await admin.change('board', { stage: 'legacy' });
    expect(await movedOf(people)).toEqual([]);
    await toys.close();
    await file.write({ board: { stage: 'canary', percent: 90 } });
    await start();
    await admin.change('board', { stage: 'canary', percent: 30, force: true });
    expect(await movedOf(people)).toEqual(before);
    await toys.close();
    await start(undefined);
    expect(await movedOf(people)).toEqual(before);
    await admin.change('board', { stage: 'canary', percent: 29 });
    const fewer = await movedOf(people);
    expect(fewer.filter((person) => !before.includes(person))).toEqual([]);
    expect(fewer).toEqual(expect.arrayContaining(USERS.map((user) => `${user}@acme`)));
  });

  it('is kept by a change that gives no percentage, also with weights that differ from it', async () => {
    await file.write({ board: { stage: 'canary', percent: 20, targeting: byPercent(80) } });
    await until('the edit', async () => (await admin.state('board')).percent === 20);
    const written = await movedOf(USERS);
    expect(written.length).toBeGreaterThan(USERS.length * 0.6);
    await admin.change('board', { stage: 'canary', closed: true });
    expect(await movedOf(USERS)).toEqual([]);
    await admin.change('board', { stage: 'canary', closed: false });
    expect(await movedOf(USERS)).toEqual(written);
    await admin.change('board', { stage: 'canary', percent: 20 });
    expect((await movedOf(USERS)).length).toBeLessThan(USERS.length * 0.4);
  });

  it('moves a tenant as a group when the tenant is the bucketing key', async () => {
    const targeting = {
      fractional: [{ cat: [{ var: '$flagd.flagKey' }, { var: 'tenant' }] }, ['socketio', 1], ['legacy', 1]],
    };
    await file.write({ board: { stage: 'canary', percent: 50, targeting } });
    const tenants = Array.from({ length: 20 }, (_, n) => `tenant-${n}`);
    await until('the edit', async () => (await admin.state('board')).percent === 50);
    const sizes: number[] = [];
    let before = new Set<string>();
    for (const percent of [10, 50, 90]) {
      await admin.change('board', { stage: 'canary', percent });
      const people = await movedOf(
        tenants.flatMap((tenant) => ['ann', 'bob', 'cy'].map((user) => `${user}@${tenant}`)),
      );
      const moved = new Set(people.map((person) => person.split('@')[1]!));
      expect(people).toHaveLength(3 * moved.size);
      expect([...before].filter((tenant) => !moved.has(tenant))).toEqual([]);
      before = moved;
      sizes.push(moved.size);
    }
    expect(sizes[0]).toBeLessThan(sizes[1]!);
    expect(sizes[1]).toBeLessThan(sizes[2]!);
  });

  it('may name users and clients', async () => {
    const targeting = {
      if: [
        { in: [{ var: 'user' }, ['ann']] },
        'socketio',
        { '==': [{ var: 'client_id' }, 'client-number-000007'] },
        'socketio',
      ],
    };
    await file.write({ board: { stage: 'canary', percent: 0, targeting } });
    await until('the edit', async () => (await wireOf('ann')) === 'socketio');
    expect([await wireOf('bob'), await wireOf(''), await wireOf('', toys.url, 'client-number-000007')]).toEqual([
      'legacy',
      'legacy',
      'socketio',
    ]);
  });

  it('may use the shared rules of the file', async () => {
    const targeting = { if: [{ $ref: 'pilots' }, 'socketio', byPercent(0)] };
    const $evaluators = { pilots: { in: [{ var: 'tenant' }, ['north', 'south']] } };
    await file.write({ board: { stage: 'canary', percent: 0, targeting } }, { $evaluators });
    await until('the edit', async () => (await wireOf('ann@north')) === 'socketio');
    await admin.change('board', { stage: 'canary', percent: 1 });
    expect([await wireOf('ann@south'), await wireOf('ann@acme')]).toEqual(['socketio', 'legacy']);
  });

  it.each(['legacy', 'shadow', 'socketio', 'retired'] as const)('is not evaluated at stage %s', async (stage) => {
    const everybody = ['ann@acme', 'cy@other', ''];
    await admin.change('board', { stage, force: true });
    const hasMoved = stage === 'socketio' || stage === 'retired';
    expect(await movedOf(everybody)).toEqual(hasMoved ? everybody : []);
  });

  it('is not evaluated at another stage of the flag file either', async () => {
    await file.write({ board: { stage: 'shadow', targeting: acmeFirst(100) }, shelf: { stage: 'shadow' } });
    await until('the edit', async () => (await admin.state('shelf')).stage === 'shadow');
    expect(await movedOf(['ann@acme', 'cy@other'])).toEqual([]);
  });

  it('is taken over by the other processes', async () => {
    const redis = await TestRedis.start();
    const nodes = await startNodes(redis, { authenticate, flagsFile: file.path });
    try {
      await new AdminClient(nodes[0].url).change('board', { stage: 'canary', percent: 100 });
      await until('the share', async () => (await wireOf('cy@other', nodes[1].url)) === 'socketio');
      await new AdminClient(nodes[1].url).change('board', { stage: 'canary', percent: 0 });
      await until('the share', async () => (await wireOf('cy@other', nodes[0].url)) === 'legacy');
      expect(await wireOf('ann@acme', nodes[0].url)).toBe('socketio');
    } finally {
      await Promise.all(nodes.map((node) => node.close()));
      await redis.stop();
    }
  });
});
