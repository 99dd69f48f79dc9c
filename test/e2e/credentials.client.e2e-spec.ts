import { setTimeout as pause } from 'node:timers/promises';
import { Realtime, ServiceClient, type ConnectionState, type RealtimeOptions } from '@switchyard/client';
import type { WireName } from '@switchyard/contract';
import { WebSocket } from 'ws';
import { Recording } from '../../libs/client/test/recording.js';
import { openSocket } from '../harness/clients.js';
import { until } from '../harness/until.js';
import { userToken } from '../harness/user.token.js';
import { TokenMint } from '../identity/token.mint.js';
import { tokenAuthenticator } from '../identity/token.authenticator.js';
import { boardConfig } from '../toys/board.config.js';
import { boardRoot } from '../toys/board.root.js';
import { board, boardLegacy, type BoardTypes } from '../toys/board.toy.js';
import { ParlourGateway, parlour, parlourLegacy, type ParlourTypes } from '../toys/parlour.toy.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

const HOUR_MS = 3_600_000;
/** The time between two calls, because a page that calls without a pause keeps the machine busy and shows no more. */
const TALK_EVERY_MS = 15;

interface WireCase {
  name: string;
  wire: WireName;
  oldWire: { legacy?: typeof boardLegacy; root?: typeof boardRoot };
}

const WIRES: WireCase[] = [
  { name: 'a namespace', wire: 'socketio', oldWire: {} },
  { name: 'an old wire', wire: 'legacy', oldWire: { legacy: boardLegacy } },
  { name: 'the root namespace', wire: 'legacy', oldWire: { root: boardRoot } },
];

describe('a page whose token ends', () => {
  let toys: ToyApp;
  let boards = 0;
  let key: string;
  const pages: Realtime[] = [];
  beforeAll(async () => {
    toys = await startToys({
      authenticate: tokenAuthenticator(),
      providers: [ParlourGateway],
      maxConnectionsPerUser: 1,
      presenceGraceMs: 50,
    });
  });
  afterAll(() => toys.close());
  beforeEach(() => (key = toys.board.open(`b${(boards += 1)}`)));
  afterEach(() => pages.splice(0).forEach((page) => page.close()));

  const page = (wire: WireName, options: RealtimeOptions): Realtime => {
    const reconnect = { minMs: 20, maxMs: 60 };
    const polling = { intervalMs: 50 };
    const realtime = new Realtime({
      url: toys.url,
      WebSocket,
      config: boardConfig(wire),
      reconnect,
      polling,
      ...options,
    });
    pages.push(realtime);
    return realtime;
  };
  const open = ({ wire, oldWire }: WireCase, options: RealtimeOptions) => {
    const realtime = page(wire, options);
    const client = new ServiceClient<BoardTypes>(realtime, board, oldWire);
    const states: ConnectionState[] = [];
    client.state$.subscribe((state) => states.push(state));
    const seen = new Recording(client.room(key).on('note'));
    const faults = new Recording(realtime.faults$);
    const texts = () => seen.values.map(({ text }) => text);
    const messages = new Recording(client.room(key).messages$);
    /** What a page shows of the room. */
    const shown = () =>
      messages.values.reduce<string[]>((before, message) => {
        if (message.kind === 'snapshot') return message.snapshot.notes.map(({ text }) => text);
        return message.kind === 'event' && message.event === 'note' ? [...before, message.payload.text] : before;
      }, []);
    const isThere = new Recording(client.state$).until((all) => all.includes('subscribed'));
    return { realtime, client, states, seen, faults, texts, shown, isThere };
  };
  const post = (text: string) => toys.board.post({ board_id: key, text });
  /** Posts from both sides until `isDone`, and returns the posts in the server's order. */
  const talk = async (client: ServiceClient<BoardTypes>, what: string, isDone: () => boolean) => {
    const calls: Promise<unknown>[] = [];
    await until(what, async () => {
      const call = client.call('post', { board_id: key, text: `call ${calls.length}` });
      // It is awaited below; if the test fails earlier, a rejection must not end the process.
      call.catch(() => undefined);
      calls.push(call);
      await post(`event ${calls.length}`);
      await pause(TALK_EVERY_MS);
      return isDone();
    });
    await Promise.all(calls);
    return toys.board.boards.get(key)!.map(({ text }) => text);
  };
  const callsIn = (texts: readonly string[]) => texts.filter((text) => text.startsWith('call'));

  describe.each(WIRES)('on $name', (where) => {
    it('renews its token without a reconnect, and without losing, repeating or reordering anything', async () => {
      const mint = new TokenMint(1600);
      const { realtime, client, states, seen, faults, texts, isThere } = open(where, { token: mint.source });
      await isThere;
      const posted = await talk(client, 'two renewals', () => mint.made === 3);
      await seen.until(({ length }) => length === posted.length);
      expect(texts()).toEqual(posted);
      expect(callsIn(posted)).toEqual(callsIn(posted).map((_, n) => `call ${n}`));
      expect(states).toEqual(['idle', 'initializing', 'connected', 'subscribed']);
      expect(realtime.stats().reconnects).toBe(0);
      expect(faults.values).toEqual([]);
    });

    it('reconnects with a new token when its source kept the old one to the end', async () => {
      const mint = new TokenMint(1200);
      mint.isDeaf = true;
      const { realtime, client, seen, texts, isThere } = open(where, { token: mint.source });
      await isThere;
      const posted = await talk(
        client,
        'a return with another token',
        () => mint.made === 3 && realtime.stats().reconnects > 0,
      );
      await seen.until(({ length }) => length === posted.length);
      expect(texts()).toEqual(posted);
      expect(callsIn(posted)).toEqual(callsIn(posted).map((_, n) => `call ${n}`));
    });

    it('gets the error, waits longer each time, and keeps its calls, while its source has expired tokens only', async () => {
      const mint = new TokenMint(-1);
      const { client, faults, shown } = open(where, { token: mint.source });
      const made = client.call('post', { board_id: key, text: 'kept' });
      await faults.until(({ length }) => length === 3);
      expect(faults.values.map(({ code }) => code)).toEqual(Array(3).fill('auth.expired'));
      expect(toys.board.boards.get(key)).toEqual([]);
      mint.life_ms = HOUR_MS;
      await made;
      await post('and on');
      // In the snapshot or as events: the call does not wait for the room.
      await until('both posts on the page', () => shown().length === 2);
      expect(shown()).toEqual(['kept', 'and on']);
    });

    it('ends with the reason when it has no token source', async () => {
      const token = await userToken('ada', Date.now() + 1200);
      const { client, states, seen } = open(where, { token });
      await seen.ended();
      expect(seen.error).toMatchObject({ code: 'auth.expired', recoverable: true });
      expect(states.at(-1)).toBe('disconnected');
      // No other wire is tried first; it would be refused alike.
      expect(states).not.toContain('polling');
      await expect(client.call('post', { board_id: key, text: 'too late' })).rejects.toMatchObject({
        code: 'auth.expired',
      });
      expect(toys.board.boards.get(key)).toEqual([]);
    });
  });

  it('asks its source once more when a call over HTTP is refused, and the call runs once', async () => {
    const mint = new TokenMint(150);
    let calls = 0;
    const client = new ServiceClient<BoardTypes>(page('legacy', { token: mint.source }), board, {
      legacy: boardLegacy,
    });
    await until('three tokens replaced', async () => {
      await client.call('post', { board_id: key, text: String((calls += 1)) });
      return mint.made === 4;
    });
    expect(toys.board.boards.get(key)).toHaveLength(calls);
  });

  it.each<WireName>(['socketio', 'legacy'])(
    'neither leaves nor joins for others when it renews on %s',
    async (wire) => {
      const room = `r${key}`;
      const eve = await openSocket(toys.url, '/parlour', { auth: { token: await userToken('eve') } }).connected();
      await eve.call('join_parlour', { parlour_id: room });
      const mint = new TokenMint(1200);
      const { services, ...rest } = boardConfig(wire);
      const address = { ...services.board!, namespace: parlour.namespace, legacy_path: parlourLegacy.path };
      const realtime = page(wire, { token: mint.source, config: { ...rest, services: { parlour: address } } });
      const client = new ServiceClient<ParlourTypes>(realtime, parlour, { legacy: parlourLegacy });
      const said = new Recording(client.room(room).on('said'));
      await new Recording(client.state$).until((all) => all.includes('subscribed'));
      const about = () => eve.received.filter(({ event }) => event !== 'said' && event !== 'parlour_state').length;
      const atFirst = await until('the page’s arrival', about);
      let calls = 0;
      await until('two renewals', async () => {
        await client.call('say', { parlour_id: room, text: String((calls += 1)) });
        await said.until(({ length }) => length === calls);
        await pause(TALK_EVERY_MS);
        return mint.made === 3;
      });
      expect(about()).toBe(atFirst);
    },
  );
});
