import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ControlPayloads, RealtimeConfig } from '@switchyard/contract';
import { MemoryStore, Stages } from '@switchyard/server';
import { startToys, type ToyApp } from '../toys/toy.app.js';
import { AdminClient } from '../harness/admin.client.js';
import { openSocket, openWs } from '../harness/clients.js';
import { EventStream } from '../harness/event.stream.js';
import { fastFolder } from '../harness/fast.folder.js';
import { figuresOf } from '../harness/service.figures.js';
import { changeStage } from '../harness/stage.change.js';
import type { TestSocket } from '../harness/test-socket.js';
import { until } from '../harness/until.js';

type Announced = ControlPayloads['transport_switch'];

/** A connection to the board, and what it was told. */
interface Told {
  told(): Announced[];
  /** The next announcement. */
  next(): Promise<Announced>;
}

const clientId = (n: number) => `client-number-${String(n).padStart(6, '0')}`;

/** One connection of each kind that understands an announcement. */
const KINDS = {
  async socketio({ url }: ToyApp, client = clientId(0)): Promise<Told> {
    const socket = await openSocket(url, '/board', { auth: { client_id: client, sdk: 'test' } }).connected();
    const told = () => socket.received.filter(({ event }) => event === 'transport_switch');
    return {
      told: () => told().map(({ args }) => args[0] as Announced),
      next: async () => (await socket.next<[Announced]>('transport_switch'))[0],
    };
  },
  async legacy({ url }: ToyApp, client = clientId(0)): Promise<Told> {
    const ws = await openWs(url, `/api/boards/b/ws?switchyard=1&client_id=${client}`).opened();
    await ws.waitFor((frame) => frame.includes('joined'));
    const read = (frame: string) => (JSON.parse(frame) as { _sy?: { event: string; payload: Announced } })._sy;
    return {
      told: () =>
        ws.frames.flatMap((frame) => (read(frame)?.event === 'transport_switch' ? [read(frame)!.payload] : [])),
      next: async () => read(await ws.waitFor((frame) => frame.includes('transport_switch')))!.payload,
    };
  },
  async root({ url }: ToyApp, client = clientId(0)): Promise<Told> {
    const socket = await openSocket(url, '/', { auth: { client_id: client, sdk: 'test' } }).connected();
    await socket.call('watch', { board_id: 'b', switchyard: 1 });
    const read = (args: unknown[]) => (args[0] as { _sy: { event: string; payload: Announced } })._sy;
    const isSwitch = ({ event, args }: { event: string; args: unknown[] }) =>
      event === '_sy' && read(args).event === 'transport_switch';
    return {
      told: () => socket.received.filter(isSwitch).map(({ args }) => read(args).payload),
      next: async () => read((await socket.waitFor(isSwitch, 'an announcement')).args).payload,
    };
  },
  async eventSource({ url }: ToyApp, client = clientId(0)): Promise<Told> {
    const stream = new EventStream(`${url}/realtime/events/board/b?client_id=${client}`);
    await stream.next('joined');
    const read = ({ data }: { data: string }) => JSON.parse(data) as Announced;
    return {
      told: () => stream.events.filter(({ event }) => event === 'transport_switch').map(read),
      next: async () => read(await stream.next('transport_switch')),
    };
  },
  async page({ url }: ToyApp, client = clientId(0)): Promise<Told> {
    const rooms = [{ service: 'board', key: 'b' }];
    const stream = new EventStream(`${url}/realtime/events?client_id=${client}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ rooms }),
    });
    await stream.next('joined');
    const read = ({ data }: { data: string }) => JSON.parse(data) as { event: string; payload: Announced };
    const isSwitch = (event: { event: string; data: string }) =>
      event.event === 'control' && read(event).event === 'transport_switch';
    return {
      told: () => stream.events.filter(isSwitch).map((event) => read(event).payload),
      next: async () => read(await stream.waitFor(isSwitch)).payload,
    };
  },
};

/** Writes a flag file with the board at `socketio`, so that no change precedes the test's own. */
function boardOnSocketio(): string {
  const path = join(fastFolder(), 'flags.json');
  const variants = { legacy: 'legacy', socketio: 'socketio' };
  const flag = { state: 'ENABLED', variants, defaultVariant: 'socketio', metadata: { stage: 'socketio' } };
  writeFileSync(path, JSON.stringify({ flags: { 'realtime-board': flag } }));
  return path;
}

describe('a change of stage', () => {
  let toys: ToyApp;
  const start = async (options?: Parameters<typeof startToys>[0]) => {
    toys = await startToys(options);
    toys.board.open('b');
  };
  afterEach(() => toys.close());

  /** Resolves once everything sent before has arrived: the board's next note has reached these connections. */
  const settle = async () => {
    const ws = await openWs(toys.url, '/api/boards/b/ws').opened();
    await toys.board.post({ board_id: 'b', text: 'settled' });
    await ws.waitFor((frame) => frame.includes('settled'));
  };

  it('is announced on every wire that has a word for it, to exactly those that are elsewhere', async () => {
    await start();
    const { socketio, ...others } = KINDS;
    const elsewhere = await Promise.all(Object.values(others).map((open) => open(toys)));
    const arrived = await socketio(toys);
    await changeStage(toys, 'board', { stage: 'socketio', force: true });
    for (const { next } of elsewhere) {
      expect(await next()).toEqual({
        service: 'board',
        to: 'socketio',
        reason: 'socketio',
        within_ms: expect.any(Number),
      });
    }
    await settle();
    expect(arrived.told()).toEqual([]);
  });

  it('back to the old wire is announced to the others only', async () => {
    await start({ flagsFile: boardOnSocketio() });
    const { legacy, root, ...others } = KINDS;
    const arrived = await Promise.all([legacy(toys), root(toys)]);
    const elsewhere = await Promise.all(Object.values(others).map((open) => open(toys)));
    await changeStage(toys, 'board', { stage: 'legacy' });
    // No stage names a fallback, so that every change of the advice is news there.
    for (const { next } of elsewhere) expect(await next()).toMatchObject({ to: 'legacy', reason: 'legacy' });
    await settle();
    for (const { told } of arrived) expect(told()).toEqual([]);
  });

  it('says nothing on a fallback to clients whose advice stays the same', async () => {
    await start();
    const streams = await Promise.all([KINDS.eventSource(toys), KINDS.page(toys, clientId(1))]);
    await changeStage(toys, 'board', { stage: 'shadow' });
    await settle();
    await changeStage(toys, 'board', { stage: 'socketio', force: true });
    // The first announcement is that of the second change.
    for (const { next, told } of streams) {
      expect(await next()).toMatchObject({ to: 'socketio' });
      expect(told()).toHaveLength(1);
    }
  });

  it('says nothing to old clients that did not ask for positions, nor to other services', async () => {
    await start();
    const old = await openWs(toys.url, '/api/boards/b/ws').opened();
    const oldSocket = await openSocket(toys.url, '/').connected();
    oldSocket.socket.emit('watch', 'b');
    await oldSocket.next('notes_b');
    const meter = await openSocket(toys.url, '/meter').connected();
    await changeStage(toys, 'board', { stage: 'socketio', force: true });
    await settle();
    expect(old.frames.join()).not.toContain('transport_switch');
    expect(oldSocket.received.map(({ event }) => event)).not.toContain('_sy');
    expect(meter.received).toEqual([]);
  });

  it('is announced in a canary to the clients whose wire changes, also when the share grows', async () => {
    await start();
    const clients = await Promise.all(
      Array.from({ length: 60 }, async (_, n) => ({ id: clientId(n), ...(await KINDS.legacy(toys, clientId(n))) })),
    );
    const told = () => clients.filter((client) => client.told().length > 0).map(({ id }) => id);
    const advised = async () => {
      const wires = await Promise.all(
        clients.map(async ({ id }) => {
          const response = await fetch(`${toys.url}/realtime/config?client_id=${id}`);
          return { id, wire: ((await response.json()) as RealtimeConfig).services.board!.wire };
        }),
      );
      return wires.filter(({ wire }) => wire === 'socketio').map(({ id }) => id);
    };
    await changeStage(toys, 'board', { stage: 'canary', percent: 40, force: true });
    await settle();
    expect(told()).toEqual(await advised());
    expect(told().length).toBeGreaterThan(5);
    expect(told().length).toBeLessThan(50);
    await changeStage(toys, 'board', { stage: 'canary', percent: 60 });
    await settle();
    expect(told()).toEqual(await advised());
  });

  it('is taken back from clients that still wait for their moment to move', async () => {
    await start();
    const clients = await Promise.all(Array.from({ length: 100 }, (_, n) => KINDS.legacy(toys, clientId(n))));
    await changeStage(toys, 'board', { stage: 'socketio', force: true });
    // Whoever is told last has a second in which to move, and so has the operator in which to think better of it.
    const last = await clients.at(-1)!.next();
    await changeStage(toys, 'board', { stage: 'legacy' });
    const told = await Promise.all(clients.slice(0, -1).map(({ next }) => next()));
    for (const each of [...told, last]) expect(each).toMatchObject({ to: 'socketio', within_ms: 1000 });
    for (const { next } of clients) expect(await next()).toMatchObject({ to: 'legacy' });
  });

  it('leaves no client out that connects while it is announced', async () => {
    await start();
    await changeStage(toys, 'board', { stage: 'socketio', force: true });
    const late = await KINDS.legacy(toys);
    expect(await late.next()).toMatchObject({ to: 'socketio' });
  });

  it('is announced once to a client that comes late, however many rooms it joins', async () => {
    await start({ flagsFile: boardOnSocketio() });
    toys.board.open('c');
    await changeStage(toys, 'board', { stage: 'legacy' });
    const auth = { client_id: clientId(0), sdk: 'test' };
    const socket = await openSocket(toys.url, '/board', { auth }).connected();
    for (const board_id of ['b', 'c']) await socket.call('join_board', { board_id });
    await toys.board.post({ board_id: 'c', text: 'after both' });
    await socket.next('note');
    expect(socket.received.filter(({ event }) => event === 'transport_switch')).toHaveLength(1);
  });

  it('is announced when an operator closes the new wire, and when it opens again', async () => {
    await start();
    await changeStage(toys, 'board', { stage: 'socketio', force: true });
    const [socket, legacy] = await Promise.all([KINDS.socketio(toys), KINDS.legacy(toys)]);
    await changeStage(toys, 'board', { stage: 'socketio', closed: true });
    expect(await socket.next()).toMatchObject({ to: 'legacy', reason: 'closed' });
    await changeStage(toys, 'board', { stage: 'socketio', closed: false });
    expect(await legacy.next()).toMatchObject({ to: 'socketio', reason: 'socketio' });
  });

  it('gives more clients more time to move', async () => {
    await start();
    const [one, ...several] = await Promise.all(
      ['/meter', '/board', '/board', '/board'].map((namespace) => openSocket(toys.url, namespace).connected()),
    );
    const within = async (socket: TestSocket) => (await socket.next<[Announced]>('transport_switch'))[0].within_ms;
    for (const service of ['meter', 'board'])
      await changeStage(toys, service, { stage: 'socketio', closed: true, force: true });
    const alone = await within(one!);
    for (const socket of several) expect(await within(socket)).toBe(3 * alone);
  });

  it('gives a client with several connections no more time than another one', async () => {
    await start();
    const sockets = await Promise.all(
      ['/meter', '/board', '/board'].map((namespace) =>
        openSocket(toys.url, namespace, { auth: { client_id: clientId(0) } }).connected(),
      ),
    );
    for (const service of ['meter', 'board'])
      await changeStage(toys, service, { stage: 'socketio', closed: true, force: true });
    const [alone, ...several] = await Promise.all(
      sockets.map(async (socket) => (await socket.next<[Announced]>('transport_switch'))[0].within_ms),
    );
    expect(several).toEqual([alone, alone]);
  });

  it('lets those who can move do so before it ends the old wire of a retired service', async () => {
    await start();
    const old = await openWs(toys.url, `/api/boards/b/ws?switchyard=1&client_id=${clientId(0)}`).opened();
    await old.waitFor((frame) => frame.includes('joined'));
    await changeStage(toys, 'board', { stage: 'retired', force: true });
    await old.waitFor((frame) => frame.includes('transport_switch'));
    await toys.board.post({ board_id: 'b', text: 'on its way' });
    await old.waitFor((frame) => frame.includes('on its way'));
  });

  it('lets a client join its rooms on the new wire once without counting that', async () => {
    await start({ joinRate: { limit: 1, window_ms: 60_000 } });
    await KINDS.legacy(toys);
    const socket = await openSocket(toys.url, '/board', { auth: { client_id: clientId(0) } }).connected();
    const response = await fetch(`${toys.url}/realtime/rooms/board/b?client_id=${clientId(1)}`);
    const { epoch, offset } = (await response.json()) as { epoch: string; offset: number };
    const join = () => socket.call('join_board', { board_id: 'b', since: { epoch, offset } });
    expect(await join()).toMatchObject({ ok: false, error: { code: 'rate.limited' } });
    await changeStage(toys, 'board', { stage: 'socketio', force: true });
    expect(await join()).toMatchObject({ ok: true });
    expect(await join()).toMatchObject({ ok: false, error: { code: 'rate.limited' } });
  });

  it('is recorded with how many clients were told and have moved, and when the last one was', async () => {
    await start();
    await Promise.all([KINDS.legacy(toys), KINDS.legacy(toys), KINDS.legacy(toys, clientId(1))]);
    await changeStage(toys, 'board', { stage: 'socketio', force: true });
    const response = await fetch(`${toys.url}/realtime/rooms/board/b?client_id=${clientId(2)}`);
    const { epoch, offset } = (await response.json()) as { epoch: string; offset: number };
    const join = async (n: number, since?: object) => {
      const socket = await openSocket(toys.url, '/board', { auth: { client_id: clientId(n) } }).connected();
      await socket.call('join_board', { board_id: 'b', since });
    };
    for (let times = 0; times < 2; times += 1) await join(1, { epoch, offset });
    // A newcomer has no position, and did not move.
    await join(3);
    const effect = async () => (await new AdminClient(toys.url).audit('board')).entries[0]!.effect;
    await until('the record', async () => (await effect()).moved > 0);
    expect(await effect()).toEqual({ told: 2, moved: 1, told_ms: expect.any(Number), moved_ms: expect.any(Number) });
  });

  it('is recorded also when the process stops right after it', async () => {
    const store = new MemoryStore();
    await start({ openStore: () => Promise.resolve(store) });
    const client = await KINDS.legacy(toys);
    await changeStage(toys, 'board', { stage: 'socketio', force: true });
    await client.next();
    await toys.close();
    await start({ openStore: () => Promise.resolve(store) });
    expect((await new AdminClient(toys.url).audit('board')).entries[0]!.effect).toMatchObject({ told: 1 });
  });

  it('does not count those who were on the right wire before and only come back, and a hold does not take over its moves', async () => {
    await start({ flagsFile: boardOnSocketio() });
    const stages = toys.get(Stages);
    const before = async (n: number) => stages.wire('board', { key: `client:${clientId(n)}`, client_id: clientId(n) });
    await changeStage(toys, 'board', { stage: 'canary', percent: 50 });
    const ids = Array.from({ length: 40 }, (_, n) => n);
    const wires = await Promise.all(ids.map(before));
    const [stays, moves] = ['socketio', 'legacy'].map((wire) => ids[wires.indexOf(wire as never)]!);
    await changeStage(toys, 'board', { stage: 'socketio' });
    await changeStage(toys, 'board', { stage: 'socketio', held: true });
    const response = await fetch(`${toys.url}/realtime/rooms/board/b?client_id=${clientId(99)}`);
    const { epoch, offset } = (await response.json()) as { epoch: string; offset: number };
    for (const n of [stays, moves]) {
      const socket = await openSocket(toys.url, '/board', { auth: { client_id: clientId(n!) } }).connected();
      await socket.call('join_board', { board_id: 'b', since: { epoch, offset } });
    }
    const moved = async () =>
      (await new AdminClient(toys.url).audit('board')).entries.map(({ effect }) => effect.moved);
    await until('the move', async () => (await moved()).some((count) => count > 0));
    expect((await moved()).slice(0, 2)).toEqual([0, 1]);
  });

  describe('that clients could not follow', () => {
    const report = (client: string, counts: Record<string, number>) =>
      fetch(`${toys.url}/realtime/stats?client_id=${client}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ counts }),
      });
    const failed = (client: string, wire = 'socketio') =>
      report(client, { [`board/${wire}/moves_failed/wire.lost`]: 2 });
    const effect = async () => (await new AdminClient(toys.url).audit('board')).entries[0]!.effect;
    const shown = (count: number | undefined) =>
      until(`${count} failed`, async () => (await effect()).failed === count);
    const arrive = async (client: string) => {
      const response = await fetch(`${toys.url}/realtime/rooms/board/b?client_id=${clientId(99)}`);
      const { epoch, offset } = (await response.json()) as { epoch: string; offset: number };
      const socket = await openSocket(toys.url, '/board', { auth: { client_id: client } }).connected();
      await socket.call('join_board', { board_id: 'b', since: { epoch, offset } });
    };

    it('has the number of those that were told and reported it, each once', async () => {
      await start();
      await Promise.all([0, 1, 2].map((n) => KINDS.legacy(toys, clientId(n))));
      await changeStage(toys, 'board', { stage: 'socketio', force: true });
      for (const n of [0, 0, 1]) await failed(clientId(n));
      // One that was never told, a move to another wire, and other figures.
      await failed(clientId(7));
      await failed(clientId(2), 'legacy');
      await report(clientId(2), { 'board/socketio/moves': 1, 'board/socketio/gaps': 1 });
      await shown(2);
      expect(await effect()).toMatchObject({ told: 3, moved: 0, failed: 2 });
    });

    it('counts a client that arrives later as moved, and one that has arrived does not fail', async () => {
      await start();
      await Promise.all([0, 1].map((n) => KINDS.legacy(toys, clientId(n))));
      await changeStage(toys, 'board', { stage: 'socketio', force: true });
      await failed(clientId(0));
      await shown(1);
      await arrive(clientId(0));
      await shown(undefined);
      await failed(clientId(0));
      await failed(clientId(1));
      await shown(1);
      expect(await effect()).toMatchObject({ told: 2, moved: 1, failed: 1 });
    });

    it('does not have the failures of a change before', async () => {
      await start();
      await KINDS.legacy(toys, clientId(0));
      await KINDS.socketio(toys, clientId(1));
      await changeStage(toys, 'board', { stage: 'socketio', force: true });
      await changeStage(toys, 'board', { stage: 'legacy' });
      await failed(clientId(0));
      await failed(clientId(1), 'legacy');
      await shown(1);
    });
  });

  it('is seen in the number of connections on each wire', async () => {
    await start();
    await Promise.all([KINDS.legacy(toys), KINDS.socketio(toys), KINDS.root(toys), KINDS.page(toys)]);
    await openWs(toys.url, '/api/boards/b/ws').opened();
    expect((await figuresOf(toys, 'board')).clients).toEqual({ legacy: 2, socketio: 1, root: 1, sse: 1 });
  });
});
