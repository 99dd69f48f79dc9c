import type { ContractEvent, ErrorBody } from '@switchyard/contract';
import { recordingsOf } from '../../../test/conformance/codec.conformance.js';
import type { ChatTypes } from './chat.contract.js';
import { chatMultiplex } from './chat.multiplex.legacy.js';

const context = { session_id: 'c', now: 'now' };

describe.each(recordingsOf('chat-multiplex'))('the agents\u2019 old wire, as recorded in %s', (_file, recording) => {
  const encode = (type: string, payload: object, correlation_id: string | null) => {
    const { now, key } = recording.context;
    const at = { session_id: 'c', now, ...(correlation_id !== null && { correlation_id }) };
    if (type === 'connection_established') return chatMultiplex.greet!(at);
    if (type === 'heartbeat') return chatMultiplex.heartbeat!.frame(at);
    if (type === 'error') return chatMultiplex.encodeError({ ...(payload as ErrorBody), details: { more: 1 } }, at);
    if (type === 'pong') {
      const request = chatMultiplex.decode({ type: 'ping', payload: {}, correlation_id }, at);
      return request.kind === 'answer' ? request.frame : undefined;
    }
    const { thread_id: _, ...said } = payload as { thread_id?: string };
    const event = { event: type, payload: { ...said, correlation_id } } as unknown as ContractEvent<ChatTypes>;
    return chatMultiplex.encodeEvent(event, { ...recording.context, key });
  };

  it.each(recording.frames)('writes %s', (text) => {
    const { type, payload, correlation_id } = JSON.parse(text) as {
      type: string;
      payload: object;
      correlation_id: string;
    };
    expect(JSON.stringify(encode(type, payload, correlation_id))).toBe(text);
  });
});

describe('the agents\u2019 old wire', () => {
  it('has no frame for messages and typing', () => {
    const at = { ...context, key: 's' };
    const typing = { session_id: 's', sender: 'user', is_typing: true } as const;
    expect(chatMultiplex.encodeEvent({ event: 'typing', payload: typing }, at)).toBeUndefined();
    const message = { id: 'm', session_id: 's', content: 'hello', sender: 'user', timestamp: 't' } as const;
    expect(chatMultiplex.encodeEvent({ event: 'new_message', payload: message }, at)).toBeUndefined();
  });

  it.each(['user_message', 'agent_request'])('accepts a %s in a thread', (type) => {
    const frame = { type, payload: { content: 'hello', thread_id: 's' }, correlation_id: 'c-1' };
    expect(chatMultiplex.decode(frame, { ...context, correlation_id: 'c-1' })).toEqual({
      kind: 'call',
      key: 's',
      call: { call: 'send_message', payload: { session_id: 's', message: 'hello', correlation_id: 'c-1' } },
    });
  });

  it('opens a thread for a message without one, and the same thread when the message is repeated', () => {
    const frame = { type: 'user_message', payload: { content: 'hello', thread_id: null }, correlation_id: 'c-1' };
    const request = chatMultiplex.decode(frame, { ...context, correlation_id: 'c-1' });
    if (request.kind !== 'open') throw new Error(request.kind);
    expect(request.open).toEqual({ call: 'create_session', payload: { correlation_id: 'c-1:thread' } });
    expect(request.call('s').payload).toEqual({ session_id: 's', message: 'hello', correlation_id: 'c-1' });
  });

  it.each<[string, object]>([
    ['without a type', { payload: { content: 'hello' } }],
    ['whose type is no text', { type: 7 }],
    ['of an unknown type', { type: 'agent_started', payload: {} }],
    ['without a payload', { type: 'user_message' }],
    ['without content', { type: 'user_message', payload: {} }],
  ])('refuses a frame %s', (_what, frame) => {
    expect(() => chatMultiplex.decode(frame, context)).toThrow(expect.objectContaining({ code: 'input.invalid' }));
  });

  it('relates answers to a frame by an id that is a text, and by no other', () => {
    expect(chatMultiplex.correlationOf({ correlation_id: 'c-1' })).toBe('c-1');
    expect(chatMultiplex.correlationOf({ correlation_id: { much: 'more' } })).toBeUndefined();
  });
});
