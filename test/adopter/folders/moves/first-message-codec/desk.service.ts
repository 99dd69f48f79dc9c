import { defineService, requestTopics, type ErrorBody } from '@switchyard/contract';
import { BaseRoomService, Call, ServiceGateway, topics, type Caller } from '@switchyard/server';
import { IsNotEmpty, IsString } from 'class-validator';
import desks from './desk.js';

type Message = { seq: number; from: string; text: string };
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

const failed = (error: string, id: unknown = null) => ({ id, ok: false, error });
function reason({ code, details }: ErrorBody) {
  if (code === 'call.unknown') return `unknown type ${details?.call}`;
  return code === 'input.invalid' ? 'text is missing' : 'no such desk';
}

const codec = requestTopics(desk, {
  path: '/desk',
  subscribe: 'open',
  unsubscribe: 'leave',
  requestId: ({ id = null }: { id?: string | number | null }) => id,
  unreadable: ({ text, isJson }) => (isJson || text === 'ping' ? undefined : { frames: [{ error: 'bad json' }] }),
  authentication: {
    within_ms: Number(process.env.AUTH_TIMEOUT || 5000),
    credentialIn: ({ type, token }: { type?: string; token?: string }) => (type === 'auth' ? { token } : undefined),
    accepted: ({ request_id: id, user }) => [{ id, ok: true, result: { user: user?.id } }],
    renewed: ({ request_id: id, user }) => [{ id, ok: true, result: { user: user?.id } }],
    // The token of another user; a bad one closes.
    renewalRefused: ({ details }, { request_id }) => details && [failed('other user', request_id)],
  },
  refuse({ code, details }, { request_id }) {
    if (details?.within_ms) return { frames: [], close: { code: 4401, reason: 'auth timeout' } };
    const close =
      code === 'auth.required' ? { code: 4401, reason: 'not authenticated' } : { code: 4403, reason: 'bad token' };
    return code.startsWith('auth.') ? { frames: [failed(close.reason, request_id)], close } : undefined;
  },
  answer: (frame) => (frame === 'ping' ? 'pong' : undefined),
  encodeAnswer: (reply, { request_id: id }) =>
    reply.ok ? { id, ok: true, result: reply.data } : failed(reason(reply.error), id),
  encodeEvent: ({ event, payload }) => ({ event, ...payload }),
});

@ServiceGateway(desk, { wires: [topics(codec)] })
export class DeskGateway extends BaseRoomService<typeof desk> {
  private told?: Promise<unknown>;

  constructor() {
    super();
    desks.on('message', (desk: string, message: Message) => {
      this.told = this.publish(desk, 'message', { desk, message });
    });
  }

  override snapshot(desk: string) {
    return /^[a-z0-9-]{1,40}$/.test(desk) ? { desk, messages: desks.desk(desk) } : undefined;
  }

  @Call('say')
  async say({ desk, text }: Say, caller: Caller): Promise<Message> {
    this.known(this.snapshot(desk));
    const message = desks.say(desk, caller.user!.id, text);
    await this.told; // The event comes before the answer.
    return message;
  }
}
