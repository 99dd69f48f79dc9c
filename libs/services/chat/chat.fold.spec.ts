import { foldHistory } from './chat.fold.js';
import type { ChatHistory } from './chat.history.js';
import type { ChatMessage } from './chat.message.js';

const step = { run_id: 'r', agent_name: 'rag', correlation_id: 'c' };
const chunk = (index: number, content: string) =>
  ({ event: 'partial_result', payload: { ...step, index, content } }) as const;
const answer: ChatMessage = { id: 'm2', session_id: 's', content: 'A brake.', sender: 'agent', timestamp: 't' };
const empty: ChatHistory = { messages: [] };

describe('foldHistory', () => {
  it('gathers an answer piece by piece until it is a message', () => {
    const streaming = [{ event: 'agent_started', payload: step } as const, chunk(0, 'A '), chunk(1, 'brake.')].reduce(
      foldHistory,
      empty,
    );
    expect(streaming.runs).toEqual([{ ...step, partial: 'A brake.', next_index: 2 }]);
    const answered = foldHistory(streaming, { event: 'new_message', payload: answer });
    expect(answered).toEqual({ messages: [answer], runs: [{ ...step, partial: '', next_index: 2 }] });
    const payload = { ...step, duration_ms: 1, message_id: 'm2' };
    expect(foldHistory(answered, { event: 'agent_completed', payload })).toEqual({ messages: [answer] });
  });

  it('adds each piece once, also when a snapshot had it', () => {
    const snapshot = { messages: [], runs: [{ ...step, partial: 'A bra', next_index: 2 }] };
    const after = [chunk(0, 'A '), chunk(1, 'bra'), chunk(2, 'ke.')].reduce(foldHistory, snapshot);
    expect(after.runs![0]!.partial).toBe('A brake.');
  });

  it('keeps what the agent is doing, and why it failed, until it begins again', () => {
    const at = (history: ChatHistory) => history.runs![0]!;
    let history = foldHistory(empty, { event: 'agent_started', payload: step });
    const thought = { thought: 'Looking', step_number: 1, total_steps: 3 };
    history = foldHistory(history, { event: 'agent_thinking', payload: { ...step, ...thought } });
    expect(at(history)).toMatchObject(thought);
    history = foldHistory(history, { event: 'tool_executing', payload: { ...step, tool_name: 'search' } });
    expect(at(history).tool_name).toBe('search');
    history = foldHistory(history, { event: 'tool_completed', payload: { ...step, tool_name: 'search' } });
    expect(at(history).tool_name).toBeUndefined();
    const again = { event: 'tool_executing', payload: { ...step, tool_name: 'search' } } as const;
    expect(at(foldHistory(history, again)).activities).toEqual([
      { kind: 'thought', text: 'Looking' },
      { kind: 'tool', name: 'search', result: 'done' },
      { kind: 'tool', name: 'search' },
    ]);
    const error = { code: 'agent.timeout', error: 'unable to …', recoverable: true, help: 'Ask again.' };
    history = foldHistory(history, { event: 'agent_error', payload: { ...step, ...error } });
    expect(at(history).error).toEqual(error);
    history = foldHistory(history, { event: 'agent_started', payload: { ...step, run_id: 'r2' } });
    expect(at(history)).toEqual({ ...step, run_id: 'r2', partial: '', next_index: 0 });
  });

  it('works with the events of an old wire', () => {
    const lessened = { event: 'partial_result', payload: { content: 'A ' } } as unknown as ReturnType<typeof chunk>;
    expect([lessened, lessened].reduce(foldHistory, empty).runs![0]!.partial).toBe('A A ');
  });

  it('replaces a message that it already has', () => {
    const twice = [answer, { ...answer, content: 'A better brake.' }].reduce<ChatHistory>(
      (history, payload) => foldHistory(history, { event: 'new_message', payload }),
      empty,
    );
    expect(twice.messages.map(({ content }) => content)).toEqual(['A better brake.']);
  });

  it('ignores typing', () => {
    const payload = { session_id: 's', sender: 'user', is_typing: true } as const;
    expect(foldHistory(empty, { event: 'typing', payload })).toBe(empty);
  });
});
