import { roomName, type JoinReply, type Reply, type ServiceContract } from '@switchyard/contract';
import { startApp, type TestApp } from '../harness/app.js';
import { openSocket } from '../harness/clients.js';
import { TestRedis } from '../harness/redis.js';
import type { RunningService } from '../harness/running.service.js';
import { legacyConformance } from './legacy.conformance.js';
import { legacyWire } from './legacy.wire-client.js';
import { pollingWire } from './polling.wire-client.js';
import { rootWire } from './root.wire-client.js';
import type { ServedService, ServiceUnderTest } from './service.subject.js';
import { socketIoWire } from './socketio.wire-client.js';
import { sseWires } from './sse.wire-client.js';
import type { WireUnderTest } from './wire.client.js';
import { relocationConformance } from './relocation.conformance.js';
import { positionOf, wireConformance } from './wire.conformance.js';

/** A text in the payloads of the suite that no reply may contain. */
export const CANARY = 'canary-in-the-payload';

const UNKNOWN_CALLS = [
  'no_such_call',
  'constructor',
  '__proto__',
  'toString',
  'snapshot',
  'authorize',
  'hasOwnProperty',
];

/** Checks a service on each of its wires, on one node and from another. */
export function serviceConformance<C extends ServiceContract>(subject: ServiceUnderTest<C>): void {
  const { contract, codec, root } = subject;
  const oldWires = [...(codec ? [legacyWire<C>(codec)] : []), ...(root ? [rootWire(contract, root)] : [])];
  const wires = [socketIoWire(contract), pollingWire(contract), ...sseWires(contract), ...oldWires];

  describe(`the service ${contract.name}`, () => {
    let service: RunningService;
    beforeAll(async () => {
      service = await subject.start({});
    });
    afterAll(() => service.close());
    const served = (): ServedService => ({ ...service, served: service.url });

    describe.each(wires)('on the $name wire', (wire) => wireConformance(subject, wire, served));

    describe.each(wires.filter(({ name }) => name !== 'legacy'))('calls on the $name wire', (wire: WireUnderTest) => {
      it('answers unknown calls with their code, whatever is inherited under their names', async () => {
        const client = wire.connect(service.url);
        for (const name of UNKNOWN_CALLS) expectRefusal(await client.call(name, { text: CANARY }), 'call.unknown');
      });

      if (subject.badCall) {
        const { call, payload } = subject.badCall;
        it('refuses payloads that do not fit without echoing them', async () => {
          const client = wire.connect(service.url);
          for (const bad of [
            payload,
            [CANARY],
            JSON.parse(`{"__proto__":{"polluted":"${CANARY}"}}`) as object,
            { ...payload, padding: CANARY.repeat(1000) },
            { ...payload, correlation_id: { [CANARY]: 1 } },
          ]) {
            expectRefusal(await client.call(call, bad), /^(input\.invalid|payload\.too_large)$/);
            expect(({} as { polluted?: string }).polluted).toBeUndefined();
          }
        });
      }
    });

    describe('for a plain Socket.IO client', () => {
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

      it('sends no positions to a client that does not understand them', async () => {
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
        // A change of stage in another test may be announced to it.
        const ofRoom = socket.received.filter(({ event }) => event !== 'transport_switch');
        expect(ofRoom).toEqual([]);
      });
    });

    if (codec) legacyConformance(subject, codec, served);

    if (oldWires.length > 0) relocationConformance(subject, served);
  });
  if (subject.isAlone) return;

  describe(`the service ${contract.name} on another node than its clients`, () => {
    let redis: TestRedis;
    let service: RunningService;
    let other: TestApp;
    beforeAll(async () => {
      redis = await TestRedis.start();
      const settings = { ...subject.environment, REDIS_URL: redis.url };
      [service, other] = await Promise.all([subject.start(settings), startApp(settings)]);
    });
    afterAll(async () => {
      await Promise.all([service.close(), other.close()]);
      await redis.stop();
    });
    const served = (): ServedService => ({ ...service, served: other.url });

    describe.each(wires)('on the $name wire', (wire) => wireConformance(subject, wire, served));

    if (codec) legacyConformance(subject, codec, served);
  });
}

/** Checks that a call was refused with this code and all fields, and without its payload. */
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
