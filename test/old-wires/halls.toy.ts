import { defineService, type TopicCodec, type TopicSocket } from '@switchyard/contract';
import { BaseRoomService, Call, ServiceGateway, topics, type Caller } from '@switchyard/server';
import { IsString } from 'class-validator';

class InHall {
  @IsString()
  hall: string;
}
class Nothing {}

interface HallTypes {
  room: { hall: string };
  calls: { say: { payload: InHall; reply: number }; names: { payload: Nothing; reply: string[] } };
  events: { said: { n: number; text?: string } };
  snapshot: { said: number[] };
}

/** A service on a socket whose requests name several topics, come in batches and have ids. */
export const halls = defineService<HallTypes>()({
  name: 'halls',
  kind: 'log',
  room: { prefix: 'hall', key: 'hall' },
  join: 'join_hall',
  leave: 'leave_hall',
  snapshot: 'hall_said',
  calls: { say: {}, names: {} },
  events: { said: {} },
});

interface Asked {
  do?: string;
  halls?: unknown[];
  hall?: string;
  id?: number;
}

/** The socket of the halls. */
const hallSocket: TopicSocket = {
  path: '/halls',
  maxTopics: 5,
  maxBatch: 8,
  requestId: (frame) => (frame as Asked).id,
  decode(frame) {
    const { do: what, halls: topicsOf = [], hall: topic } = frame as Asked;
    if (what === 'enter') return { kind: 'subscribe', topics: topicsOf };
    if (what === 'exit') return { kind: 'unsubscribe', topics: topicsOf };
    if (what === 'nothing') return { kind: 'answer', frame: undefined };
    return what === 'ping' ? { kind: 'answer', frame: 'pong' } : { kind: 'call', frame, topic };
  },
  encodeSubscribed: (asked, { request_id: id }) => [
    {
      id,
      entered: asked.map(({ topic, error, isRepeated }) => error?.code ?? `${topic}${isRepeated ? ' again' : ''}`),
    },
    ...asked.flatMap(({ error, frames }) => (error ? [] : frames)),
  ],
  encodeUnsubscribed: (asked, { request_id: id }) => [
    { id, left: asked.filter(({ wasSubscribed }) => wasSubscribed).map(({ topic }) => topic) },
  ],
  encodeError: ({ code: error }, { topic, request_id: id }) => ({ id, error, topic }),
};

const hallTopics: TopicCodec<HallTypes> = {
  socket: hallSocket,
  keyOf: (topic) => topic,
  topicOf: (key) => key,
  encodeSnapshot: ({ said }, { topic }) => [{ state: topic, said }],
  encodeEvent: ({ payload }, { topic }) => ({ in: topic, said: payload.n }),
  decodeCall(frame, { key = '' }) {
    const { do: what } = frame as Asked;
    if (what === 'names') return { call: 'names', payload: {} };
    return what === 'say' ? { call: 'say', payload: { hall: key } } : undefined;
  },
  encodeReply: (_call, reply, { request_id: id }) => ({ id, reply: reply.ok ? reply.data : reply.error.code }),
};

@ServiceGateway(halls, { wires: [topics(hallTopics)] })
export class HallsGateway extends BaseRoomService<typeof halls> {
  /** What was said in each hall; snapshots are these lists themselves. */
  readonly said = new Map<string, number[]>();
  /** The halls that nobody may enter. */
  readonly locked = new Set<string>();
  /** What opens each hall whose snapshot somebody waits for. */
  readonly waiting = new Map<string, () => void>();

  /** A hall whose snapshot, or reply, takes as long as the test likes has a name that begins with `slow`. */
  async snapshot(hall: string) {
    if (hall.startsWith('slow')) await new Promise<void>((resolve) => this.waiting.set(hall, resolve));
    const said = this.said.get(hall);
    return said && { said };
  }

  override authorize(_caller: Caller, hall: string): boolean {
    return !this.locked.has(hall);
  }

  @Call('say')
  async say({ hall }: InHall): Promise<number> {
    const said = this.known(this.said.get(hall));
    const n = said.length + 1;
    said.push(n);
    await this.publish(hall, 'said', { n });
    if (hall.startsWith('slow')) await new Promise<void>((resolve) => this.waiting.set(hall, resolve));
    return n;
  }

  @Call('names')
  names(_: Nothing): string[] {
    return [...this.said.keys()];
  }
}
