import { pickFields, type ContractEvent, type LegacyCodec, type LegacyFrame } from '@switchyard/contract';
import type { ChatTypes } from './chat.contract.js';
import type { ChatMessage } from './chat.message.js';

type ChatEvent = ContractEvent<ChatTypes>;

/** The fields of the old frame in order, because its bytes must not change; it has no citations. */
const FIELDS = ['id', 'session_id', 'content', 'sender', 'timestamp', 'agent_type', 'correlation_id'] as const;

const COMPLETE = { type: 'stream_complete', data: {} };

/** An event with the old wire's fields only. */
const reduced = (event: ChatEvent['event'], payload: object) => ({ event, payload }) as ChatEvent;

function encode(event: ChatEvent): LegacyFrame | undefined {
  switch (event.event) {
    case 'new_message':
      return { type: 'message', data: pickFields(event.payload, FIELDS) };
    case 'typing':
      return { type: 'typing', data: { is_typing: event.payload.is_typing } };
    case 'partial_result':
      return { type: 'stream_chunk', data: { content: event.payload.content } };
    case 'agent_completed':
      return COMPLETE;
    case 'agent_error':
      // The old wire has no failure frame, but a failed answer must not look as if it continued.
      return COMPLETE;
    default:
      return undefined;
  }
}

function decode(type: unknown, data: object): ChatEvent | undefined {
  switch (type) {
    case 'message':
      return { event: 'new_message', payload: pickFields(data as ChatMessage, FIELDS) };
    case 'typing':
      return reduced('typing', data);
    case 'stream_chunk':
      return reduced('partial_result', data);
    case 'stream_complete':
      return reduced('agent_completed', {});
    default:
      return undefined;
  }
}

/** The codec of chat's old WebSocket, one socket for each session, with `{type, data}` frames. */
export const chatLegacy: LegacyCodec<ChatTypes> = {
  path: '/api/agent-chat/sessions/:session_id/ws',
  heartbeat: { every_ms: 30_000, frame: ({ now }) => ({ type: 'heartbeat', data: { timestamp: now } }) },
  encodeEvent: encode,
  encodeSnapshot({ messages, runs = [] }, { key }) {
    const confirmed = { type: 'connection_confirmed', data: { session_id: key, status: 'connected' } };
    const past = messages.map((payload) => encode({ event: 'new_message', payload })!);
    const streaming = runs.filter(({ partial }) => partial !== '');
    return [
      confirmed,
      ...past,
      ...streaming.map(({ partial }) => ({ type: 'stream_chunk', data: { content: partial } })),
    ];
  },
  decodeEvent(frame) {
    if (typeof frame === 'string') return undefined;
    const { type, data } = frame as { type?: unknown; data: object };
    if (type === 'heartbeat') return { kind: 'alive', at: (data as { timestamp: string }).timestamp };
    // The history follows, message by message.
    if (type === 'connection_confirmed') return { kind: 'snapshot', payload: { messages: [] } };
    const event = decode(type, data);
    return event && { kind: 'event', ...event };
  },
  encodeCall: ({ call, payload }) =>
    call === 'send_message' ? { type: 'message', content: (payload as { message: string }).message } : undefined,
  decodeCall(frame, { key }) {
    if (typeof frame === 'string' || frame.type !== 'message') return undefined;
    const { content, correlation_id } = frame as { content: string; correlation_id?: string };
    const payload = { session_id: key, message: content, ...(correlation_id !== undefined && { correlation_id }) };
    return { call: 'send_message', payload };
  },
  encodeError: ({ code, error, timestamp, recoverable, help }) => ({
    type: 'error',
    data: { code, error, timestamp, recoverable, help },
  }),
  unknownRoom: () => ({ frames: [], close: { code: 4004, reason: 'session not found' } }),
  project(event) {
    const frame = encode(event);
    return typeof frame === 'object' ? decode(frame.type, frame.data as object) : undefined;
  },
  // The pieces of an answer have no number on the old wire.
  identify: ({ event, payload }) => (event === 'new_message' ? payload.id : undefined),
};
