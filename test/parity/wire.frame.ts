import type { LegacyCodec, Position, ServiceTypes } from '@switchyard/contract';

/** An event that the server sends, as it is in a frame of some wire. */
export interface EventFrame extends Partial<Position> {
  kind: 'event';
  /** The room's name; undefined on a wire whose frames do not have it. */
  room?: string;
  event: string;
  payload: object;
  /** The same frame with other content. */
  with(content: { payload?: object; offset?: number }): string;
}

/** A reply to a call, as it is in a frame of some wire. */
interface ReplyFrame {
  kind: 'reply';
  data: object;
  /** The same frame with other data. */
  with(data: object): string;
}

/** Reads a frame from the server; undefined when it is neither a room's event nor the reply to a call. */
export type FrameReader = (text: string) => EventFrame | ReplyFrame | undefined;

/** Parses a JSON object. */
function objectIn(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined;
  return JSON.parse(text) as Record<string, unknown>;
}

/** An event or an acknowledgement of Socket.IO in a message of engine.io: `42/tasks,7[…]`. */
const SOCKETIO_PACKET = /^(4([23])(?:\/[^,]*,)?\d*)(\[.*)$/s;

/** Reads packets of Socket.IO. */
export const readSocketio: FrameReader = (text) => {
  const [, head, type, json] = SOCKETIO_PACKET.exec(text) ?? [];
  if (head === undefined) return undefined;
  const parts = JSON.parse(json!) as unknown[];
  if (type === '3') {
    const [reply] = parts as [{ ok?: boolean; data?: object }];
    // Replies to joins have no `ok`, or a room in their data.
    if (reply.ok !== true || !reply.data || 'server_time' in reply.data) return undefined;
    const { data } = reply;
    return { kind: 'reply', data, with: (other) => head + JSON.stringify([{ ...reply, data: other }]) };
  }
  const [event, payload, position] = parts as [string, object, (Position & { room: string }) | undefined];
  if (position?.offset === undefined) return undefined;
  return {
    kind: 'event',
    event,
    payload,
    ...position,
    with: (content) =>
      head +
      JSON.stringify([event, content.payload ?? payload, { ...position, offset: content.offset ?? position.offset }]),
  };
};

/** Reads the frames of an old wire for a client that asked for positions. */
export const readPositioned: FrameReader = (text) => {
  const frame = objectIn(text);
  const envelope = frame?._sy as { event: string; payload: object; room?: string } & Partial<Position>;
  if (envelope?.payload === undefined || envelope.offset === undefined) return undefined;
  const { payload, offset } = envelope;
  return {
    kind: 'event',
    ...envelope,
    with: (content) => {
      const changed = content.payload ?? payload;
      const data = frame!.data === undefined ? {} : { data: changed };
      return JSON.stringify({
        ...frame,
        ...data,
        _sy: { ...envelope, payload: changed, offset: content.offset ?? offset },
      });
    },
  };
};

/** Reads the frames of an old wire as its own clients get them. */
export function readOld<T extends ServiceTypes>(codec: LegacyCodec<T>): FrameReader {
  return (text) => {
    const frame = objectIn(text);
    const message = frame && codec.decodeEvent(frame);
    if (message?.kind !== 'event') return undefined;
    const { event, payload } = message;
    const encode = (changed: object) =>
      JSON.stringify(codec.encodeEvent({ event, payload: changed } as never, { key: '', now: '' }));
    return { kind: 'event', event, payload, with: (content) => encode(content.payload ?? payload) };
  };
}
