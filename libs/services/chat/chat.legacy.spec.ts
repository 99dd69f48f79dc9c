import type { ContractEvent } from '@switchyard/contract';
import fc from 'fast-check';
import { codecConformance } from '../../../test/conformance/codec.conformance.js';
import { chat, type ChatTypes } from './chat.contract.js';
import { chatLegacy } from './chat.legacy.js';
import type { ChatMessage } from './chat.message.js';

const text = fc.string({ unit: 'binary' });
const step = { run_id: text, agent_name: text };
const event = <E extends ContractEvent<ChatTypes>['event']>(name: E, fields: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record({ event: fc.constant(name), payload: fc.record(fields) }) as unknown as fc.Arbitrary<
    ContractEvent<ChatTypes>
  >;

codecConformance(
  chat,
  chatLegacy,
  fc.oneof(
    event('new_message', {
      id: text,
      session_id: text,
      content: text,
      sender: fc.constantFrom('user', 'agent'),
      timestamp: text,
      agent_type: fc.option(text, { nil: undefined }),
      citations: fc.array(fc.record({ url: text, title: text, source_id: text })),
    }),
    event('typing', { session_id: text, sender: fc.constantFrom('user', 'agent'), is_typing: fc.boolean() }),
    event('agent_started', step),
    event('agent_thinking', { ...step, thought: text, step_number: fc.nat(), total_steps: fc.nat() }),
    event('tool_executing', { ...step, tool_name: text }),
    event('tool_completed', { ...step, tool_name: text, result: text }),
    event('partial_result', { ...step, index: fc.nat(), content: text }),
    event('agent_completed', { ...step, duration_ms: fc.nat(), message_id: text }),
    event('agent_error', { ...step, code: text, error: text, recoverable: fc.boolean() }),
  ),
);

describe('the old wire of chat', () => {
  const context = { key: 's', session_id: 'c', now: '' };
  const message: ChatMessage = { id: 'm', session_id: 's', content: 'hello', sender: 'user', timestamp: 't' };

  it('sends a new client the history, and the part of an unfinished answer', () => {
    const run = { run_id: 'r', agent_name: 'rag', partial: 'A bra', next_index: 2 };
    expect(chatLegacy.encodeSnapshot({ messages: [message], runs: [run] }, context)).toEqual([
      { type: 'connection_confirmed', data: { session_id: 's', status: 'connected' } },
      { type: 'message', data: message },
      { type: 'stream_chunk', data: { content: 'A bra' } },
    ]);
    expect(chatLegacy.encodeSnapshot({ messages: [], runs: [{ ...run, partial: '' }] }, context)).toHaveLength(1);
  });

  it('accepts messages, and nothing else, from old clients', () => {
    const sent = { call: 'send_message', payload: { session_id: 's', message: 'hello' } } as const;
    const frame = { type: 'message', content: 'hello' };
    expect(chatLegacy.encodeCall(sent)).toEqual(frame);
    expect(chatLegacy.decodeCall(frame, context)).toEqual(sent);
    expect(chatLegacy.encodeCall({ call: 'stop_agent', payload: { session_id: 's' } })).toBeUndefined();
    for (const other of ['message', { type: 'stop' }, {}])
      expect(chatLegacy.decodeCall(other, context)).toBeUndefined();
  });

  it('decodes no event from an unknown frame', () => {
    for (const frame of ['message', { type: 'typed', data: {} }, {}])
      expect(chatLegacy.decodeEvent(frame)).toBeUndefined();
  });
});
