import {
  formatPosition,
  type ErrorBody,
  type JoinReply,
  type LegacyCodec,
  type LoggedEvent,
  type Reply,
  type ServiceContract,
  type TypesOf,
} from '@switchyard/contract';
import { openWs } from '../harness/clients.js';
import type { TestWs } from '../harness/test-ws.js';
import type { WireUnderTest } from './wire.client.js';

interface Envelope extends LoggedEvent {
  error?: ErrorBody;
}

/** The path of a codec's endpoint for one room. */
export function legacyPath(codec: { path: string }, key: string, query = ''): string {
  return codec.path.replace(/:\w+/, encodeURIComponent(key)) + query;
}

function enveloped(text: string): Envelope | undefined {
  return text.startsWith('{') ? (JSON.parse(text) as { _sy?: Envelope })._sy : undefined;
}

/** The old wire of a service, with positions. */
export function legacyWire<C extends ServiceContract>(codec: LegacyCodec<TypesOf<C>>): WireUnderTest {
  return {
    name: 'legacy',
    connect(url) {
      const sockets: TestWs[] = [];
      let joined: TestWs | undefined;
      const open = (key: string, since = '') => {
        const ws = openWs(url, legacyPath(codec, key, `?switchyard=1${since}`));
        sockets.push(ws);
        return ws;
      };
      return {
        async join(key, since) {
          const ws = (joined = open(key, since && `&since=${formatPosition(since)}`));
          const refused = await ws.upgraded();
          if (refused) throw (JSON.parse(refused.body) as { error: ErrorBody }).error;
          const frame = await ws.waitFor(
            (text) => ['joined', 'refused'].includes(enveloped(text)?.event ?? ''),
            'joined',
          );
          const { event, error, ...reply } = enveloped(frame) as unknown as Envelope & JoinReply;
          if (event === 'refused') throw error;
          return reply.recovered ? { ...reply, events: await take(ws, reply.offset - (since?.offset ?? 0)) } : reply;
        },
        async next() {
          return (await take(joined!, 1))[0]!;
        },
        async call(name, payload): Promise<Reply> {
          joined!.send({ type: name, ...(payload as object) });
          const frame = await joined!.waitFor((text) => enveloped(text)?.event === 'service_error', 'a refusal');
          return { ok: false, error: enveloped(frame)!.payload as ErrorBody };
        },
        close: async () => void (await Promise.all(sockets.map((ws) => ws.close()))),
      };
    },
  };
}

async function take(ws: TestWs, count: number): Promise<LoggedEvent[]> {
  const events: LoggedEvent[] = [];
  while (events.length < count) {
    const frame = await ws.waitFor((text) => enveloped(text)?.offset !== undefined, 'an event');
    const { event, payload, epoch, offset } = enveloped(frame)!;
    events.push({ event, payload, epoch, offset });
  }
  return events;
}
