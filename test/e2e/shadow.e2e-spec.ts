import type { JoinReply, RealtimeConfig, Reply } from '@switchyard/contract';
import { AdminClient } from '../harness/admin.client.js';
import { openSocket, openWs } from '../harness/clients.js';
import { clientNumber } from '../harness/numbered.client.js';
import { figuresOf } from '../harness/service.figures.js';
import { report } from '../harness/service.parity.js';
import { changeStage } from '../harness/stage.change.js';
import type { TestSocket } from '../harness/test-socket.js';
import { until } from '../harness/until.js';
import { KilnGateway } from '../toys/kiln.toy.js';
import { ParlourGateway } from '../toys/parlour.toy.js';
import { startToys, type ToyApp, type ToyOptions } from '../toys/toy.app.js';

const ONE_JOIN = { limit: 1, window_ms: 60_000 };

describe('the comparison of two wires on the server', () => {
  let toys: ToyApp;
  afterEach(() => toys.close());
  const start = async (options?: ToyOptions) => {
    toys = await startToys(options);
    toys.board.open('b');
  };
  const shadowStage = () => changeStage(toys, 'board', { stage: 'shadow', force: true });
  const configOf = async (query: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${toys.url}/realtime/config${query}`, { headers });
    return ((await response.json()) as RealtimeConfig).services;
  };
  const sampled = async (n: number) => (await configOf(`?client_id=${clientNumber(n)}`)).board!.shadow;
  const connect = (n: number, shadow = true): Promise<TestSocket> =>
    openSocket(toys.url, '/board', { auth: { client_id: clientNumber(n), sdk: 'test', shadow } }).connected();
  const join = (socket: TestSocket, board_id = 'b') => socket.call<Reply<JoinReply>>('join_board', { board_id });

  describe('the sample', () => {
    const NUMBERS = Array.from({ length: 60 }, (_, n) => n);
    const wiresOf = async () => {
      const wires: (string | undefined)[] = [];
      for (let at = 0; at < NUMBERS.length; at += 20) {
        wires.push(...(await Promise.all(NUMBERS.slice(at, at + 20).map(sampled))));
      }
      return wires;
    };
    const sampleOf = async (shadowPercent?: number) => {
      await start({ ...(shadowPercent !== undefined && { shadowPercent }) });
      await shadowStage();
      const wires = await wiresOf();
      await toys.close();
      return NUMBERS.filter((n) => wires[n] === 'socketio');
    };

    it('has a share of the clients, and only gains some with a larger percentage', async () => {
      const samples = [await sampleOf(), await sampleOf(40), await sampleOf(100)];
      const [tenth, some, all] = samples.map(({ length }) => length);
      expect(all).toBe(60);
      expect(tenth).toBeGreaterThan(0);
      expect(tenth).toBeLessThan(15);
      expect(some).toBeGreaterThan(15);
      expect(some).toBeLessThan(35);
      for (const [index, smaller] of samples.slice(0, -1).entries()) {
        expect(samples[index + 1]).toEqual(expect.arrayContaining(smaller));
      }
    });

    it('is of users where there are users, and has nobody who cannot be recognised', async () => {
      await start({ shadowPercent: 100 });
      await shadowStage();
      expect((await configOf('')).board!.shadow).toBeUndefined();
      expect((await configOf('', { authorization: 'Bearer ann' })).board!.shadow).toBe('socketio');
    });

    it('is empty for a service without an old wire, at any other stage, and while the new wire is closed', async () => {
      await start({ shadowPercent: 100, providers: [KilnGateway] });
      await shadowStage();
      await changeStage(toys, 'kiln', { stage: 'shadow', force: true });
      const shadows = Object.entries(await configOf(`?client_id=${clientNumber(1)}`)).map(
        ([name, { stage, shadow }]) => `${name} ${stage} ${shadow}`,
      );
      expect(shadows.sort()).toEqual([
        'board shadow socketio',
        'kiln shadow undefined',
        'meter legacy undefined',
        'shelf legacy undefined',
      ]);
      await changeStage(toys, 'board', { closed: true });
      expect(await sampled(1)).toBeUndefined();
      await changeStage(toys, 'board', { closed: false });
      expect(await sampled(1)).toBe('socketio');
      for (const change of [{ stage: 'canary', percent: 0 }, { stage: 'socketio' }, { stage: 'legacy' }] as const) {
        await changeStage(toys, 'board', change);
        expect(await sampled(1)).toBeUndefined();
      }
    });

    it('is told to pages that are connected, in the answers to their reports', async () => {
      await start({ shadowPercent: 100 });
      const body = {
        counts: { 'board/legacy/events': 1, 'nothing/legacy/events': 1 },
        arrivals: { 'meter/socketio': 1 },
      };
      expect((await report(toys, clientNumber(1), body)).shadows).toEqual({ board: null, meter: null });
      await shadowStage();
      expect((await report(toys, clientNumber(1), body)).shadows).toEqual({ board: 'socketio', meter: null });
      const socket = await connect(1, false);
      const reply = await socket.call<Reply>('report_stats', { parity: [{ service: 'board' }, { service: 7 }] });
      expect(reply).toMatchObject({ ok: true, data: { shadows: { board: 'socketio' } } });
      await changeStage(toys, 'board', { stage: 'legacy' });
      expect((await report(toys, clientNumber(1), body)).shadows).toEqual({ board: null, meter: null });
    });
  });

  describe('the joins of a shadow', () => {
    const code = (reply: Reply<unknown>) => (reply.ok ? undefined : reply.error.code);

    it('are free once for each room, and count from then on', async () => {
      await start({ shadowPercent: 100, joinRate: ONE_JOIN });
      toys.board.open('c');
      await shadowStage();
      const [shadow, again] = [await connect(1), await connect(1)];
      expect(code(await join(shadow))).toBeUndefined();
      expect(code(await join(shadow, 'c'))).toBeUndefined();
      expect(code(await join(again))).toBeUndefined();
      expect(code(await join(again))).toBe('rate.limited');
    });

    it.each([
      ['that is not in the sample', { shadowPercent: 0 }, 'shadow'],
      ['at another stage', { shadowPercent: 100 }, 'legacy'],
    ] as const)('are not free for a client %s', async (_name, options, stage) => {
      await start({ ...options, joinRate: ONE_JOIN });
      if (stage === 'shadow') await shadowStage();
      const shadow = await connect(1);
      expect(code(await join(shadow))).toBeUndefined();
      expect(code(await join(shadow))).toBe('rate.limited');
    });

    it('are free no more once the stage is another one', async () => {
      await start({ shadowPercent: 100, joinRate: ONE_JOIN });
      toys.board.open('c');
      await shadowStage();
      const shadow = await connect(1);
      expect(code(await join(shadow))).toBeUndefined();
      await changeStage(toys, 'board', { stage: 'legacy' });
      expect(code(await join(shadow, 'c'))).toBeUndefined();
      expect(code(await join(shadow, 'c'))).toBe('rate.limited');
    });

    it('are not free on a connection that is no shadow', async () => {
      await start({ shadowPercent: 100, joinRate: ONE_JOIN });
      await shadowStage();
      const socket = await connect(1, false);
      expect(code(await join(socket))).toBeUndefined();
      expect(code(await join(socket))).toBe('rate.limited');
    });

    it('are no moves when the stage changes', async () => {
      await start({ shadowPercent: 100, joinRate: ONE_JOIN });
      await shadowStage();
      const shadow = await connect(1);
      const reply = await join(shadow);
      const since = reply.ok && { epoch: reply.data.epoch, offset: reply.data.offset };
      await changeStage(toys, 'board', { stage: 'socketio', force: true });
      const rejoin = () => shadow.call<Reply>('join_board', { board_id: 'b', since });
      expect(code(await rejoin())).toBeUndefined();
      expect(code(await rejoin())).toBe('rate.limited');
      const { effect } = (await new AdminClient(toys.url).audit('board')).entries[0]!;
      expect(effect).toMatchObject({ told: 0, moved: 0 });
    });
  });

  describe('a shadow', () => {
    beforeEach(async () => {
      await start({ shadowPercent: 100 });
      await shadowStage();
    });

    it('is told nothing, while its client and all others are', async () => {
      const old = await openWs(toys.url, `/api/boards/b/ws?switchyard=1&client_id=${clientNumber(1)}`).opened();
      await old.waitFor((frame) => frame.includes('joined'));
      const [shadow, other] = [await connect(1), await connect(2, false)];
      await join(shadow);
      await changeStage(toys, 'board', { stage: 'socketio', force: true });
      await old.waitFor((frame) => frame.includes('transport_switch'));
      await changeStage(toys, 'board', { stage: 'legacy' });
      await other.next('transport_switch');
      await toys.board.post({ board_id: 'b', text: 'after it' });
      await shadow.next('note');
      expect(shadow.received.map(({ event }) => event)).not.toContain('transport_switch');
    });

    it('is not one of the clients, and what happens to it is in no arm', async () => {
      const [shadow, other] = [await connect(1), await connect(2, false)];
      for (const socket of [shadow, other]) await join(socket);
      for (const board_id of ['forbidden', 'unknown']) await join(shadow, board_id);
      await toys.board.post({ board_id: 'b', text: 'for both' });
      await Promise.all([shadow.next('note'), other.next('note')]);
      const { clients, totals } = await figuresOf(toys, 'board');
      expect(clients).toEqual({ socketio: 1 });
      const failed = { 'room.forbidden': 1, 'room.not_found': 1 };
      expect(totals.wires.socketio).toMatchObject({
        joins: 2,
        joins_failed: failed,
        deliveries: 2,
        delivery: { count: 1 },
      });
      expect(totals.arms.socketio).toMatchObject({ joins: 1, joins_failed: {}, deliveries: 1, delivery: { count: 1 } });
    });

    it('is no person of its own', async () => {
      await toys.close();
      await start({ providers: [ParlourGateway] });
      const auth = { client_id: clientNumber(1), sdk: 'test' };
      const [used, shadow] = await Promise.all([
        openSocket(toys.url, '/parlour', { auth }).connected(),
        openSocket(toys.url, '/parlour', { auth: { ...auth, shadow: true } }).connected(),
      ]);
      const enter = (socket: TestSocket) => socket.call<Reply<JoinReply>>('join_parlour', { parlour_id: 'p' });
      for (const socket of [used, shadow])
        expect(await enter(socket)).toMatchObject({ ok: true, data: { members: 1 } });
    });

    it('makes no call that the contract does not declare repeatable', async () => {
      await toys.close();
      await start({ providers: [KilnGateway] });
      const shadow = await connect(1);
      const code = (reply: Reply) => (reply.ok ? undefined : reply.error.code);
      expect(code(await shadow.call<Reply>('post', { board_id: 'b', text: 'twice' }))).toBe('call.not_repeatable');
      expect(toys.board.runs).toBe(0);
      const auth = { client_id: clientNumber(1), sdk: 'test', shadow: true };
      const kiln = await openSocket(toys.url, '/kiln', { auth }).connected();
      await kiln.call('fire', { kiln_id: 'k' });
      await kiln.call('cool', { kiln_id: 'k' });
      expect(toys.get(KilnGateway).called).toEqual(['cool']);
    });

    it('is no connection of its own', async () => {
      await toys.close();
      await start({ maxConnectionsPerUser: 1 });
      const auth = { client_id: clientNumber(1), sdk: 'test', token: 'ann' };
      const used = await openSocket(toys.url, '/board', { auth }).connected();
      const shadow = await openSocket(toys.url, '/board', { auth: { ...auth, shadow: true } }).connected();
      for (const socket of [used, shadow]) expect(await join(socket)).toMatchObject({ ok: true });
      await toys.board.post({ board_id: 'b', text: 'to both' });
      await Promise.all([used, shadow].map((socket) => socket.next('note')));
    });

    it('on the root namespace is an old client like any other', async () => {
      const auth = { client_id: clientNumber(1), sdk: 'test', shadow: true };
      const socket = await openSocket(toys.url, '/', { auth }).connected();
      await socket.call('watch', { board_id: 'b', switchyard: 1 });
      expect((await figuresOf(toys, 'board')).clients).toEqual({ root: 1 });
      await until('the join', async () => (await figuresOf(toys, 'board')).totals.arms.legacy?.joins === 1);
    });
  });
});
