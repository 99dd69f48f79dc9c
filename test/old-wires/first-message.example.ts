import { defineService, type LegacyCodec } from '@switchyard/contract';
import { BaseRoomService, Call, ServiceGateway, legacy } from '@switchyard/server';
import { IsString } from 'class-validator';

class Comment {
  @IsString()
  ticket: string;

  @IsString()
  text: string;
}

interface TicketTypes {
  room: { ticket: string };
  calls: { comment: { payload: Comment; reply: Comment } };
  events: { commented: Comment };
  snapshot: { comments: Comment[] };
}

export const tickets = defineService<TicketTypes>()({
  name: 'tickets',
  kind: 'log',
  room: { prefix: 'ticket', key: 'ticket' },
  join: 'join_ticket',
  leave: 'leave_ticket',
  snapshot: 'ticket_comments',
  calls: { comment: {} },
  events: { commented: {} },
});

export const ticketsLegacy: LegacyCodec<TicketTypes> = {
  path: '/ws/projects/:project/tickets/:number',
  // The key of a room: from both parameters, and back for our client.
  keyOf: ({ params }) => `${params.project}:${params.number}`,
  opening({ key, token }) {
    const [project, number] = key.split(':');
    return { params: { project, number }, frames: [{ type: 'auth', token }] };
  },
  authentication: {
    credentialIn: (frame) =>
      typeof frame === 'object' && frame.type === 'auth' ? { token: String(frame.token) } : undefined,
    answer: (frame) => (frame === 'ping' ? 'pong' : undefined),
    accepted: ({ user }) => [{ type: 'auth_ok', user: user?.id }],
    renewed: () => [{ type: 'auth_renewed' }],
    within_ms: 5000,
  },
  refuse: ({ code }) => ({
    frames: [{ type: 'error', reason: code }],
    close: code.startsWith('auth.') ? { code: 4401, reason: 'unauthorized' } : { code: 4403, reason: 'refused' },
  }),
  encodeEvent: ({ payload: { text } }) => ({ type: 'comment', text }),
  encodeSnapshot: ({ comments }) => [{ type: 'comments', texts: comments.map(({ text }) => text) }],
  decodeEvent(frame) {
    if (typeof frame === 'string') return undefined;
    const commentOf = (text: unknown) => ({ ticket: '', text: String(text) });
    if (frame.type === 'comment') return { kind: 'event', event: 'commented', payload: commentOf(frame.text) };
    if (frame.type !== 'comments') return undefined;
    return { kind: 'snapshot', payload: { comments: (frame.texts as unknown[]).map(commentOf) } };
  },
  encodeCall: () => undefined,
  decodeCall: (frame, { key }) =>
    typeof frame === 'object' && frame.type === 'say'
      ? { call: 'comment', payload: { ticket: key, text: String(frame.text) } }
      : undefined,
  answer: (frame) => (frame === 'ping' ? 'pong' : undefined),
  unknownRoom: () => ({ frames: [{ type: 'error', reason: 'no ticket' }], close: { code: 4404, reason: 'no ticket' } }),
  project: ({ event, payload }) => ({ event, payload: { ...payload, ticket: '' } }),
};

@ServiceGateway(tickets, { wires: [legacy(ticketsLegacy)] })
export class TicketGateway extends BaseRoomService<typeof tickets> {
  private readonly comments = new Map<string, Comment[]>([['apollo:7', []]]);

  override snapshot(key: string) {
    const comments = this.comments.get(key);
    return comments && { comments: [...comments] };
  }

  override authorize(_caller: unknown, key: string): boolean {
    return !key.startsWith('secret:');
  }

  @Call('comment')
  async comment(comment: Comment): Promise<Comment> {
    this.known(this.comments.get(comment.ticket)).push(comment);
    await this.publish(comment.ticket, 'commented', comment);
    return comment;
  }
}
