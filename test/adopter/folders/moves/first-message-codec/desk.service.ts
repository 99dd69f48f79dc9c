import { defineService, type ArrivalContext, type ErrorBody, type RequestId } from '@switchyard/contract';
import type { TopicCodec, TopicSocket } from '@switchyard/contract';
import { BaseRoomService, Call, ServiceGateway, topics, type Caller } from '@switchyard/server';
import { IsNotEmpty, IsString } from 'class-validator';
import desks from './desk.js';

interface Message {
  seq: number;
  from: string;
  text: string;
}
class Say {
  @IsString() desk: string;
  @IsString() @IsNotEmpty() text: string;
}
interface DeskTypes {
  room: { desk: string };
  calls: { say: { payload: Say; reply: Message } };
  events: { message: { desk: string; message: Message } };
  snapshot: { desk: string; messages: Message[] };
}
export const desk = defineService<DeskTypes>()({
  name: 'desk',
  kind: 'log',
  room: { prefix: 'desk', key: 'desk' },
  calls: { say: {} },
  events: { message: {} },
});

interface Request {
  id?: RequestId;
  type?: string;
  token?: string;
  desk?: unknown;
  text?: string;
}
const done = (id: RequestId | undefined, result: unknown) => ({ id, ok: true, result });
const failed = (id: RequestId | undefined, error: string) => ({ id: id ?? null, ok: false, error });
const reason = ({ code }: ErrorBody) => (code === 'input.invalid' ? 'text is missing' : 'no such desk');
const pong = (frame: unknown) => (frame === 'ping' ? 'pong' : undefined);
const welcome = ({ request_id, user }: ArrivalContext) => [done(request_id, { user: user?.id })];

const socket: TopicSocket = {
  path: '/desk',
  requestId: (frame) => (frame as Request).id ?? null,
  unreadable: ({ text, isJson }) => (isJson || text === 'ping' ? undefined : { frames: [{ error: 'bad json' }] }),
  authentication: {
    within_ms: Number(process.env.AUTH_TIMEOUT || 5000),
    credentialIn: (frame) => ((frame as Request).type === 'auth' ? { token: (frame as Request).token } : undefined),
    answer: pong,
    accepted: welcome,
    renewed: welcome,
    // The token of another user; a bad one closes.
    renewalRefused: ({ details }, { request_id }) => details && [failed(request_id, 'other user')],
  },
  refuse({ code, details }, { request_id }) {
    if (details?.within_ms) return { frames: [], close: { code: 4401, reason: 'auth timeout' } };
    if (!code.startsWith('auth.')) return undefined;
    const close =
      code === 'auth.required' ? { code: 4401, reason: 'not authenticated' } : { code: 4403, reason: 'bad token' };
    return { frames: [failed(request_id, close.reason)], close };
  },
  decode(frame) {
    const { id, type, desk: topic } = frame as Request;
    if (type === 'open') return { kind: 'subscribe', topics: [topic] };
    if (type === 'leave') return { kind: 'unsubscribe', topics: [topic] };
    if (type === 'say') return { kind: 'call', topic, frame };
    return { kind: 'answer', frame: pong(frame) ?? failed(id, `unknown type ${type}`) };
  },
  encodeUnsubscribed: (_topics, { request_id }) => [done(request_id, {})],
  encodeError: (error, { request_id }) => failed(request_id, reason(error)),
};
const codec: TopicCodec<DeskTypes> = {
  socket,
  keyOf: (topic) => topic,
  topicOf: (key) => key,
  encodeSnapshot: (snapshot, { request_id }) => (request_id === undefined ? [] : [done(request_id, snapshot)]),
  encodeEvent: ({ event, payload }) => ({ event, ...payload }),
  decodeCall: (frame, { key = '' }) => ({ call: 'say', payload: { desk: key, text: (frame as Request).text ?? '' } }),
  encodeReply: (_call, reply, { request_id }) =>
    reply.ok ? done(request_id, reply.data) : failed(request_id, reason(reply.error)),
};

@ServiceGateway(desk, { wires: [topics(codec)] })
export class DeskGateway extends BaseRoomService<typeof desk> {
  private told: Promise<unknown> = Promise.resolve();

  constructor() {
    super();
    desks.on('message', (name: string, message: Message) => {
      this.told = this.publish(name, 'message', { desk: name, message });
    });
  }

  override snapshot(name: string) {
    return /^[a-z0-9-]{1,40}$/.test(name) ? { desk: name, messages: desks.desk(name) } : undefined;
  }

  @Call('say')
  async say({ desk: name, text }: Say, caller: Caller): Promise<Message> {
    this.known(this.snapshot(name));
    const message = desks.say(name, caller.user!.id, text);
    // The event comes before the answer.
    await this.told;
    return message;
  }
}
