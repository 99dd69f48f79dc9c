import type {
  ContractEvent,
  LegacyCodec,
  LegacyContext,
  LegacyFrame,
  ServiceContract,
  TypesOf,
} from '@switchyard/contract';
import { openWs } from '../harness/clients.js';
import { legacyPath } from './legacy.wire-client.js';
import { pollingWire } from './polling.wire-client.js';
import type { ServedService, ServiceUnderTest } from './service.subject.js';
import { socketIoWire } from './socketio.wire-client.js';
import { takeTo } from './wire.conformance.js';

/** Checks that a client of the old wire gets the same frames as ever. */
export function legacyConformance<C extends ServiceContract>(
  { contract, unknown }: ServiceUnderTest<C>,
  codec: LegacyCodec<TypesOf<C>>,
  service: () => ServedService,
): void {
  describe('for an old client', () => {
    it('sends the old frames, byte for byte, with nothing added', async () => {
      const key = await service().room();
      await service().act(key);
      const witness = socketIoWire(contract).connect(service().url);
      const { snapshot, offset } = await witness.join(key);
      const ws = await openWs(service().served, legacyPath(codec, key)).opened();
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
      it('answers an unknown id as the old wire did', async () => {
        const ws = await openWs(service().served, legacyPath(codec, unknown)).opened();
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

function isBeat<C extends ServiceContract>(codec: LegacyCodec<TypesOf<C>>, received: string): boolean {
  const beat = codec.heartbeat?.frame({ key: '', session_id: '', now: '' });
  return typeof beat === 'object' && (JSON.parse(received) as { type?: unknown }).type === beat.type;
}

/** Whether a frame is of an event without a place in the log, which may come at any time. */
function isVolatile<C extends ServiceContract>(contract: C, codec: LegacyCodec<TypesOf<C>>, received: string): boolean {
  const message = codec.decodeEvent(received.startsWith('{') ? (JSON.parse(received) as LegacyFrame) : received);
  return message?.kind === 'event' && contract.events.get(message.event)?.volatile === true;
}

/** The context of a frame: only the frame itself has its connection and time. */
function contextIn(key: string, received: string): LegacyContext {
  const frame = (received.startsWith('{') ? JSON.parse(received) : {}) as Record<string, unknown>;
  const { session_id = '', timestamp = '' } = { ...(frame.data as object), ...frame } as Record<string, string>;
  return { key, session_id, now: timestamp };
}

function text(frame: unknown): string {
  return typeof frame === 'string' ? frame : JSON.stringify(frame);
}
