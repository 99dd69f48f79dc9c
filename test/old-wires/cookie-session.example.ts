import { defineService, typedFrames, type ErrorBody, type LegacyCodec } from '@switchyard/contract';
import { BaseRoomService, ServiceGateway, isOpenTo, legacy, type Caller } from '@switchyard/server';

interface Line {
  text: string;
}

interface ConsoleTypes {
  room: { session_id: string };
  calls: Record<never, never>;
  events: { line: Line };
  snapshot: { lines: Line[] };
}

const consoles = defineService<ConsoleTypes>()({
  name: 'consoles',
  kind: 'log',
  room: { prefix: 'console', key: 'session_id' },
  join: 'join_console',
  leave: 'leave_console',
  snapshot: 'console_lines',
  calls: {},
  events: { line: {} },
});

const refusal = ({ code }: Pick<ErrorBody, 'code'>) => ({
  frames: [{ type: 'error', error: code === 'room.forbidden' ? 'not yours' : code }],
  close: { code: 1008, reason: 'policy violation' },
});

const consolesLegacy: LegacyCodec<ConsoleTypes> = {
  // Its frames are `{ type, …payload }`.
  ...typedFrames(consoles, { snapshot: 'hello' }),
  path: '/ws',
  keyOf: ({ query }) => query.sessionId,
  opening: ({ key }) => ({ params: { sessionId: key } }),
  // The cookie of the log-in; a page sends it by itself.
  tokenIn: ({ cookies }) => cookies.sid,
  // The old server accepted everybody, and then said why not.
  refuse: refusal,
  unknownRoom: () => refusal({ code: 'no such session' }),
  encodeSnapshot: ({ lines }, { user, query }) => [{ type: 'hello', user: user?.id, lang: query?.lang, lines }],
};

@ServiceGateway(consoles, { wires: [legacy(consolesLegacy)] })
export class ConsoleGateway extends BaseRoomService<typeof consoles> {
  private readonly sessions = new Map<string, { owner: string; lines: Line[] }>();

  /** Opens a session of a user. */
  open(key: string, owner: string): void {
    this.sessions.set(key, { owner, lines: [] });
  }

  override snapshot(key: string) {
    const session = this.sessions.get(key);
    return session && { lines: [...session.lines] };
  }

  override authorize(caller: Caller, key: string): boolean {
    return isOpenTo(caller, this.sessions.get(key)?.owner);
  }

  print(key: string, text: string) {
    this.known(this.sessions.get(key)).lines.push({ text });
    return this.publish(key, 'line', { text });
  }
}
