import {
  roomName,
  type ContractEvent,
  type JoinReply,
  type LegacyCodec,
  type LegacyContext,
  type LegacyFrame,
  type LoggedEvent,
  type Position,
  type Reply,
  type ServiceContract,
  type TypesOf,
} from '@switchyard/contract';
import { openSocket, openWs } from '../harness/clients.js';
import { legacyPath, legacyWire } from './legacy.wire-client.js';
import { pollingWire } from './polling.wire-client.js';
import { socketIoWire } from './socketio.wire-client.js';
import type { WireUnderTest } from './wire.client.js';

/** A service as the suite needs it: how to start it, and how to make something happen in a room. */
export interface ServiceUnderTest<C extends ServiceContract> {
  contract: C;
  /** The old wire, where the service has one that is a codec. */
  codec?: LegacyCodec<TypesOf<C>>;
  start(): Promise<RunningService>;
  /** A key the domain does not know; absent where it knows every one. */
  unknown?: string;
  /** The code an unknown key is refused with. */
  notFound?: string;
  /** A call with a payload that does not fit, with `CANARY` somewhere in it. */
  badCall?: { call: string; payload: object };
}

/** A service that is running. */
interface RunningService {
  url: string;
  /** Makes a fresh room known and returns its key. */
  room(): Promise<string>;
  /** Makes at least one event in the room; resolves once it is appended. */
  act(key: string): Promise<void>;
  /** Brings the room to its end, where rooms of this service end. */
  finish?(key: string): Promise<void>;
  close(): Promise<void>;
}

/** A text that stands in payloads sent by the suite and may come back in no reply. */
export const CANARY = 'canary-in-the-payload';

/** Checks a service on every wire it has. */
export function serviceConformance<C extends ServiceContract>(subject: ServiceUnderTest<C>): void {
  const { contract, codec } = subject;
  const wires = [socketIoWire(contract), pollingWire(contract), ...(codec ? [legacyWire<C>(codec)] : [])];

  describe(`the service ${contract.name}`, () => {
    let service: RunningService;
    beforeAll(async () => {
      service = await subject.start();
    });
    afterAll(() => service.close());

    const head = async (key: string): Promise<JoinReply> => {
      const client = pollingWire(contract).connect(service.url);
      return client.join(key);
    };

    describe.each(wires)('on the $name wire', (wire) => {
      const connect = () => wire.connect(service.url);

      it('answers a join with a position, the time and the snapshot', async () => {
        const key = await service.room();
        await service.act(key);
        const reply = await connect().join(key);
        expect(reply).toMatchObject({ room: roomName(contract, key), recovered: false });
        expect(reply.snapshot).toEqual(expect.any(Object));
        expect(reply.offset).toBeGreaterThan(0);
        expect(reply.epoch).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
        expect(new Date(reply.server_time).toISOString()).toBe(reply.server_time);
        expect(reply.events).toBeUndefined();
      });

      it('sends every event after the join, once and in order', async () => {
        const key = await service.room();
        const client = connect();
        const reply = await client.join(key);
        for (let times = 0; times < 3; times += 1) await service.act(key);
        const { epoch, offset } = await head(key);
        const events = await takeTo(client.next.bind(client), offset);
        expect(events.map((event) => event.offset)).toEqual(range(reply.offset + 1, offset));
        expect(new Set(events.map((event) => event.epoch))).toEqual(new Set([epoch]));
      });

      it('replays exactly what was missed to a client that comes back', async () => {
        const key = await service.room();
        const witness = socketIoWire(contract).connect(service.url);
        const position = await witness.join(key);
        for (let times = 0; times < 3; times += 1) await service.act(key);
        const { epoch, offset } = await head(key);
        const seen = await takeTo(witness.next.bind(witness), offset);
        const reply = await connect().join(key, positionOf(position));
        expect(reply).toMatchObject({ recovered: true, epoch, offset });
        expect(reply.snapshot).toBeUndefined();
        expect(reply.events).toEqual(seen);
      });

      it('replays nothing to a client that missed nothing', async () => {
        const key = await service.room();
        await service.act(key);
        const at = positionOf(await head(key));
        const reply = await connect().join(key, at);
        expect(reply).toMatchObject({ recovered: true, events: [], ...at });
      });

      it.each([
        ['of another epoch', (at: Position) => ({ ...at, epoch: 'another.epoch' })],
        ['that never was', (at: Position) => ({ ...at, offset: at.offset + 1000 })],
      ])('answers a position %s with a snapshot', async (_which, change) => {
        const key = await service.room();
        await service.act(key);
        const at = positionOf(await head(key));
        const reply = await connect().join(key, change(at));
        expect(reply).toMatchObject({ recovered: false, ...at });
        expect(reply.snapshot).toEqual(expect.any(Object));
        expect(reply.events).toBeUndefined();
      });

      if (subject.unknown) {
        it('refuses an id that nobody knows with a code and help', async () => {
          const refusal = connect().join(subject.unknown!);
          await expect(refusal).rejects.toMatchObject({
            code: subject.notFound ?? 'room.not_found',
            help: expect.any(String),
          });
        });
      }

      if (!ends(contract)) return;
      it('ends with the final state for a client that comes after the end', async () => {
        const key = await service.room();
        const client = connect();
        await client.join(key);
        await service.finish!(key);
        const { snapshot, offset } = await head(key);
        const events = await takeTo(client.next.bind(client), offset);
        const late = await connect().join(key);
        expect(late.snapshot).toEqual(snapshot);
        expect(events.at(-1)!.offset).toBe(late.offset);
      });
    });

    describe.each(wires.filter(({ name }) => name !== 'legacy'))('calls on the $name wire', (wire: WireUnderTest) => {
      it.each(['no_such_call', 'constructor', '__proto__', 'toString', 'snapshot', 'authorize', 'hasOwnProperty'])(
        'answers the unknown call %s with its code',
        async (name) => {
          const reply = await wire.connect(service.url).call(name, { text: CANARY });
          expectRefusal(reply, 'call.unknown');
        },
      );

      if (subject.badCall) {
        const { call, payload } = subject.badCall;
        it.each<[string, unknown]>([
          ['a payload that does not fit', payload],
          ['a list', [CANARY]],
          ['an inherited key', JSON.parse(`{"__proto__":{"polluted":"${CANARY}"}}`)],
          ['a payload over the size limit', { ...payload, padding: CANARY.repeat(1000) }],
          ['a correlation_id that is no text', { ...payload, correlation_id: { [CANARY]: 1 } }],
        ])('refuses %s without echoing it', async (_what, bad) => {
          const reply = await wire.connect(service.url).call(call, bad);
          expectRefusal(reply, /^(input\.invalid|payload\.too_large)$/);
          expect(({} as { polluted?: string }).polluted).toBeUndefined();
        });
      }
    });

    describe('to a plain Socket.IO client', () => {
      it("sends the snapshot as the service's own event, after the reply to its own join", async () => {
        const key = await service.room();
        await service.act(key);
        const socket = await openSocket(service.url, contract.namespace).connected();
        const alias = 'key' in contract.room ? { [contract.room.key]: key } : {};
        for (const name of contract.joins) {
          const reply = await socket.call<Reply<JoinReply>>(name, alias);
          if (!reply.ok) throw new Error(reply.error.code);
          const [snapshot, position] = await socket.next(contract.snapshot);
          expect(snapshot).toEqual(reply.data.snapshot);
          expect(position).toEqual({ room: reply.data.room, ...positionOf(reply.data) });
        }
      });

      it('sends no positions to a client that cannot take them', async () => {
        const key = await service.room();
        const socket = await openSocket(service.url, contract.namespace, { auth: { positions: false } }).connected();
        await socket.call('join_room', { room: roomName(contract, key) });
        await service.act(key);
        const { args } = await socket.waitFor(({ event }) => contract.events.has(event), 'an event');
        expect(args).toHaveLength(1);
        expect(socket.received.every((received) => received.args.length === 1)).toBe(true);
      });

      it('sends nothing more after a leave', async () => {
        const key = await service.room();
        const socket = await openSocket(service.url, contract.namespace, { auth: { sdk: 'test' } }).connected();
        const witness = socketIoWire(contract).connect(service.url);
        await witness.join(key);
        await socket.call('join_room', { room: roomName(contract, key) });
        await socket.call('leave_room', { room: roomName(contract, key) });
        await service.act(key);
        await witness.next();
        await socket.call('join_room', { room: 'no room of this service' });
        expect(socket.received).toEqual([]);
      });
    });

    if (codec) legacyConformance(subject, codec, () => service);
  });
}

function legacyConformance<C extends ServiceContract>(
  { contract, unknown }: ServiceUnderTest<C>,
  codec: LegacyCodec<TypesOf<C>>,
  service: () => RunningService,
): void {
  describe('to an old client', () => {
    it('sends the old frames, byte for byte, with nothing added', async () => {
      const key = await service().room();
      await service().act(key);
      const witness = socketIoWire(contract).connect(service().url);
      const { snapshot, offset } = await witness.join(key);
      const ws = await openWs(service().url, legacyPath(codec, key)).opened();
      const frames = (received: string) => codec.encodeSnapshot(snapshot!, contextIn(key, received));
      for (const at of frames('').keys()) {
        const received = await ws.next();
        expect(received).toBe(text(frames(received)[at]));
      }
      await service().act(key);
      const isLogged = (received: string) => !isBeat(codec, received) && !isVolatile(contract, codec, received);
      const head = (await pollingWire(contract).connect(service().url).join(key)).offset;
      for (const { event, payload } of await takeTo(witness.next.bind(witness), head)) {
        const frame = (received: string) =>
          codec.encodeEvent({ event, payload } as ContractEvent<TypesOf<C>>, contextIn(key, received));
        if (frame('') === undefined) continue;
        const received = await ws.waitFor(isLogged);
        expect(received).toBe(text(frame(received)));
      }
      expect(head).toBeGreaterThan(offset);
      expect(ws.frames.filter((frame) => frame.includes('_sy') || frame.includes('offset'))).toEqual([]);
    });

    if (unknown) {
      it('says what the old wire said for an id that nobody knows', async () => {
        const ws = await openWs(service().url, legacyPath(codec, unknown)).opened();
        const said = (received: string) => codec.unknownRoom(contextIn(unknown, received));
        const { frames, close } = said('');
        for (const at of frames.keys()) {
          const received = await ws.next();
          expect(received).toBe(text(said(received).frames[at]));
        }
        if (close) expect((await ws.closed()).code).toBe(close.code);
      });
    }
  });
}

/** Whether rooms of this service come to an end. */
function ends(contract: ServiceContract): boolean {
  return [...contract.events.values()].some(({ terminal }) => terminal !== undefined);
}

function isBeat<C extends ServiceContract>(codec: LegacyCodec<TypesOf<C>>, received: string): boolean {
  const beat = codec.heartbeat?.frame({ key: '', session_id: '', now: '' });
  return typeof beat === 'object' && (JSON.parse(received) as { type?: unknown }).type === beat.type;
}

/** Whether a frame is of an event without a place in the log: it comes when it comes. */
function isVolatile<C extends ServiceContract>(contract: C, codec: LegacyCodec<TypesOf<C>>, received: string): boolean {
  const message = codec.decodeEvent(received.startsWith('{') ? (JSON.parse(received) as LegacyFrame) : received);
  return message?.kind === 'event' && contract.events.get(message.event)?.volatile === true;
}

/** What a frame was written with: its connection and its time are known to nobody else. */
function contextIn(key: string, received: string): LegacyContext {
  const frame = (received.startsWith('{') ? JSON.parse(received) : {}) as Record<string, unknown>;
  const { session_id = '', timestamp = '' } = { ...(frame.data as object), ...frame } as Record<string, string>;
  return { key, session_id, now: timestamp };
}

function text(frame: unknown): string {
  return typeof frame === 'string' ? frame : JSON.stringify(frame);
}

function positionOf({ epoch, offset }: Position): Position {
  return { epoch, offset };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

async function takeTo(next: () => Promise<LoggedEvent>, offset: number): Promise<LoggedEvent[]> {
  const events = [await next()];
  while (events.at(-1)!.offset < offset) events.push(await next());
  return events;
}

/** Checks that a call was refused with this code, in the full shape, and with nothing of its payload. */
export function expectRefusal(reply: Reply, code: string | RegExp): void {
  expect(reply).toEqual({
    ok: false,
    error: expect.objectContaining({
      code: typeof code === 'string' ? code : expect.stringMatching(code),
      error: expect.stringMatching(/^unable to [^;]+; [^;]+$/),
      timestamp: expect.stringMatching(/Z$/),
      recoverable: expect.any(Boolean),
      help: expect.any(String),
    }),
  });
  expect(JSON.stringify(reply)).not.toContain(CANARY);
}
