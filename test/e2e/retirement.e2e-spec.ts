import type { ErrorBody, MigrationChange, OldWireClient, OldWireUse } from '@switchyard/contract';
import { MemoryStore } from '@switchyard/server';
import { ADMIN_TOKEN } from '../harness/admin.token.js';
import { openSocket, openWs } from '../harness/clients.js';
import { changeStage } from '../harness/stage.change.js';
import { until } from '../harness/until.js';
import { boardLegacy } from '../toys/board.toy.js';
import { startToys, type ToyApp, type ToyOptions } from '../toys/toy.app.js';

/** A few milliseconds, in days. */
const SHORT_DAYS = 5 / (24 * 60 * 60 * 1000);

describe('the retirement of a service', () => {
  let toys: ToyApp;
  const start = async (options?: ToyOptions) => {
    toys = await startToys(options);
    toys.board.open('b');
    await changeStage(toys, 'board', { stage: 'socketio', force: true });
  };
  afterEach(async () => {
    jest.restoreAllMocks();
    await toys.close();
  });

  const retire = async (change: Partial<MigrationChange> = {}) => {
    const response = await fetch(`${toys.url}/admin/migration/board`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ stage: 'retired', reason: 'a test', ...change }),
    });
    const { error } = (await response.json()) as { error?: ErrorBody };
    return { status: response.status, code: error?.code, details: error?.details };
  };
  const stage = async () => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const response = await fetch(`${toys.url}/admin/migration/board`, { headers });
    return ((await response.json()) as { stage: string }).stage;
  };

  it('is refused while the old wire was not observed for a week, unless it is forced', async () => {
    await start();
    expect(await retire()).toMatchObject({
      status: 409,
      code: 'stage.in_use',
      details: { days: 7, open: 0, clients: [] },
    });
    expect(await stage()).toBe('socketio');
    expect((await retire({ force: true })).status).toBe(200);
    expect(await stage()).toBe('retired');
  });

  it('is refused while somebody is on an old wire, and names the clients with their versions', async () => {
    await start({ retireAfterDays: SHORT_DAYS });
    const client_id = 'client-number-001';
    const agent = { headers: { 'user-agent': 'old-app/3\u00e9' } };
    await openWs(toys.url, `/api/boards/b/ws?client_id=${client_id}`, agent).opened();
    await openWs(toys.url, '/api/boards/b/ws?switchyard=1&sdk=0.9.1&client_id=client-number-002').opened();
    const oldSocket = await openSocket(toys.url, '/', {
      auth: { client_id: 'client-number-003', sdk: '0.9.2' },
    }).connected();
    oldSocket.socket.emit('watch', 'b');
    await oldSocket.next('notes_b');
    const { code, details } = await retire();
    expect(code).toBe('stage.in_use');
    expect(details).toMatchObject({
      open: 3,
      last_seen_at: expect.any(String),
      clients: expect.arrayContaining([
        { client: client_id, agent: 'old-app/3?', last_seen_at: expect.any(String) },
        { client: 'client-number-002', agent: 'switchyard 0.9.1', last_seen_at: expect.any(String) },
        { client: 'client-number-003', agent: 'switchyard 0.9.2', last_seen_at: expect.any(String) },
      ]),
    });
  });

  it('names each of fifty clients, also when one of them opens a second connection', async () => {
    await start();
    const names = Array.from({ length: 50 }, (_, n) => `client-number-${String(n).padStart(3, '0')}`);
    const open = (name: string) => openWs(toys.url, `/api/boards/b/ws?client_id=${name}`).opened();
    const first = await open(names[0]!);
    await first.nextJson();
    await first.close();
    await Promise.all(names.slice(1).map(async (name) => (await open(name)).nextJson()));
    await (await open(names.at(-1)!)).nextJson();
    const { details } = await retire();
    const clients = details!.clients as { client: string }[];
    expect(clients.map(({ client }) => client).sort()).toEqual(names);
  });

  it('is possible once nobody was on an old wire for the time, and a client that left still counts until then', async () => {
    await start({ retireAfterDays: 1 });
    const old = await openWs(toys.url, '/api/boards/b/ws?client_id=client-number-001').opened();
    await old.nextJson();
    await old.close();
    await until('the close to be seen', async () => (await retire()).details?.open === 0);
    expect((await retire()).details).toMatchObject({ open: 0, clients: [{ client: 'client-number-001' }] });
    await toys.close();
    await start({ retireAfterDays: SHORT_DAYS });
    await until('the time to be over', async () => (await retire()).status === 200);
  });

  it.each([
    [1, 409],
    [8, 200],
  ])('answers, %d days after the last client was seen in weeks of observation, with %d', async (days, expected) => {
    const store = new MemoryStore();
    const ago = (count: number) => new Date(Date.now() - count * 24 * 60 * 60 * 1000).toISOString();
    const last_seen_at = ago(days);
    const use: OldWireUse = {
      service: 'board',
      since: ago(30),
      last_seen_at,
      clients: [{ client: 'c', last_seen_at }],
    };
    await store.documents.write([{ collection: 'migration-old-wires', id: 'board', value: { ...use } }]);
    await start({ openStore: () => Promise.resolve(store) });
    const { status, details } = await retire();
    expect(status).toBe(expected);
    if (expected === 409) expect(details).toMatchObject({ since: use.since, last_seen_at, clients: use.clients });
  });

  it('names the fifty clients that were seen last, the latest first', async () => {
    await start();
    const open = (n: number) =>
      openWs(toys.url, `/api/boards/b/ws?client_id=client-number-${String(n).padStart(3, '0')}`).opened();
    for (let n = 0; n < 60; n += 1) {
      await (await open(n)).close();
      // What was seen until now goes to the store.
      if (n === 29) await retire();
    }
    const clients = async () => ((await retire()).details?.clients ?? []) as OldWireClient[];
    await until('the last one', async () => (await clients()).some(({ client }) => client === 'client-number-059'));
    const seen = await clients();
    const times = seen.map(({ last_seen_at }) => last_seen_at);
    expect(times).toHaveLength(50);
    expect(times).toEqual([...times].sort().reverse());
    expect(seen.map(({ client }) => client)).not.toContain('client-number-000');
  });

  it('is not hindered by clients of the new wire, which it does not name', async () => {
    await start();
    const socket = await openSocket(toys.url, '/board', { auth: { client_id: 'client-number-001' } }).connected();
    await socket.call('join_board', { board_id: 'b' });
    expect((await retire()).details).toMatchObject({ open: 0, clients: [] });
  });

  it('counts a client that was there for a moment, also after a crash of the process', async () => {
    const store = new MemoryStore();
    await start({ openStore: () => Promise.resolve(store) });
    await (await openWs(toys.url, '/api/boards/b/ws?client_id=client-number-001').opened()).close();
    const stored = () => store.documents.get<OldWireUse>('migration-old-wires', 'board');
    await until('the client in the store', async () => (await stored())?.clients.length === 1);
  });

  it('is possible at any time where the check is off', async () => {
    await start({ retireAfterDays: 0 });
    expect((await retire()).status).toBe(200);
  });

  it('ends every connection that is left on an old wire, also where the codec fails on the error', async () => {
    await start();
    const olds = await Promise.all([1, 2].map(() => openWs(toys.url, '/api/boards/b/ws').opened()));
    for (const old of olds) await old.nextJson();
    const encodeError = jest.spyOn(boardLegacy, 'encodeError').mockImplementation(() => {
      throw new Error('no word for it');
    });
    await retire({ force: true });
    for (const old of olds) expect(await old.closed()).toEqual({ code: 4410, reason: 'service.retired' });
    expect(encodeError).toHaveBeenCalledTimes(2);
  });

  it('ends what is left on the old wires with the reason and the new address, and nothing else', async () => {
    await start();
    const old = await openWs(toys.url, '/api/boards/b/ws').opened();
    await old.nextJson();
    const oldSocket = await openSocket(toys.url, '/').connected();
    oldSocket.socket.emit('watch', 'b');
    await oldSocket.next('notes_b');
    const current = await openSocket(toys.url, '/board').connected();
    await current.call('join_board', { board_id: 'b' });
    await retire({ force: true });
    expect(await old.closed()).toEqual({ code: 4410, reason: 'service.retired' });
    expect(JSON.parse(old.frames.at(-1)!)).toEqual({ type: 'error', code: 'service.retired' });
    const [error] = await oldSocket.next<[ErrorBody]>('service_error');
    expect(error).toMatchObject({ code: 'service.retired', details: { to: 'socketio', namespace: '/board' } });
    await toys.board.post({ board_id: 'b', text: 'after it' });
    await current.next('note');
    // The root namespace may have events of others, so that its sockets stay connected and only leave the rooms.
    expect(oldSocket.socket.connected).toBe(true);
    expect(oldSocket.received.map(({ event }) => event)).not.toContain('note_b');
  });
});
