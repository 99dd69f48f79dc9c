import {
  formatPosition,
  parsePosition,
  type ErrorBody,
  type JoinReply,
  type LoggedEvent,
  type Position,
  type ServiceContract,
} from '@switchyard/contract';
import { EventStream, type StreamEvent } from '../harness/event.stream.js';
import { pollingWire } from './polling.wire-client.js';
import type { WireUnderTest } from './wire.client.js';

const read = <T>({ data }: StreamEvent) => JSON.parse(data) as T;

async function refusalOf(stream: EventStream): Promise<ErrorBody | undefined> {
  const { type, body } = await stream.answered();
  return type?.startsWith('text/event-stream') ? undefined : (JSON.parse(body) as { error: ErrorBody }).error;
}

/** The event streams of a service, read like any `EventSource` and like our client. */
export function sseWires(contract: ServiceContract): WireUnderTest[] {
  return [eventSource(contract), page(contract)];
}

function eventSource(contract: ServiceContract): WireUnderTest {
  return {
    name: 'sse (EventSource)',
    connect(url) {
      const streams: EventStream[] = [];
      let joined: EventStream;
      const next = async (): Promise<LoggedEvent> => {
        const event = await joined.waitFor(({ id }) => id !== undefined, 'an event with a position');
        return { event: event.event, payload: read(event), ...parsePosition(event.id!)! };
      };
      return {
        async join(key, since) {
          const address = `${url}/realtime/events/${contract.name}/${encodeURIComponent(key)}`;
          joined = new EventStream(address, since && { headers: { 'Last-Event-ID': formatPosition(since) } });
          streams.push(joined);
          const refusal = await refusalOf(joined);
          if (refusal) throw refusal;
          const reply = read<JoinReply>(await joined.next('joined'));
          if (!reply.recovered) {
            await joined.next(contract.snapshot);
            return reply;
          }
          const events: LoggedEvent[] = [];
          while (events.length < reply.offset - since!.offset) events.push(await next());
          return { ...reply, events };
        },
        next,
        call: (name, payload) => pollingWire(contract).connect(url).call(name, payload),
        close: () => Promise.resolve(streams.forEach((stream) => stream.close())),
      };
    },
  };
}

/** A message of a stream of our client about one room. */
interface Told {
  index: number;
  error?: ErrorBody;
}

function page(contract: ServiceContract): WireUnderTest {
  return {
    name: 'sse',
    connect(url) {
      const streams: EventStream[] = [];
      let joined: EventStream;
      return {
        async join(key, since?: Position) {
          joined = new EventStream(`${url}/realtime/events`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ rooms: [{ service: contract.name, key, since }] }),
          });
          streams.push(joined);
          const refusal = await refusalOf(joined);
          if (refusal) throw refusal;
          await joined.next('open');
          const answer = await joined.waitFor(({ event }) => event === 'joined' || event === 'refused', 'an answer');
          const {
            service: _service,
            key: _key,
            index: _index,
            ...reply
          } = read<Told & Record<string, unknown>>(answer);
          if (answer.event === 'refused') throw reply.error;
          return reply as unknown as JoinReply;
        },
        async next() {
          const event = await joined.waitFor(
            (received) => received.event === 'event' && read<{ offset?: number }>(received).offset !== undefined,
            'an event with a position',
          );
          const { event: name, payload, epoch, offset } = read<LoggedEvent>(event);
          return { event: name, payload, epoch, offset };
        },
        call: (name, payload) => pollingWire(contract).connect(url).call(name, payload),
        close: () => Promise.resolve(streams.forEach((stream) => stream.close())),
      };
    },
  };
}
