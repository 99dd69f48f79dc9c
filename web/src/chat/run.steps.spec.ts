import type { RoomMessage } from '@switchyard/client';
import type { AgentRun, ChatTypes, RunEvents } from '@switchyard/services';
import { isAnswering, stepsAfter, type RunStepShown } from './run.steps.js';

const STEP = { run_id: 'r', agent_name: 'rag' };
const RUN: AgentRun = { ...STEP, partial: '', next_index: 0 };

const event = <E extends keyof RunEvents>(name: E, said: Partial<RunEvents[E]>) =>
  ({ kind: 'event', event: name, payload: { ...STEP, ...said }, position: undefined }) as RoomMessage<ChatTypes>;
const snapshot = (runs?: AgentRun[]): RoomMessage<ChatTypes> => ({
  kind: 'snapshot',
  snapshot: { messages: [], ...(runs && { runs }) },
  position: undefined,
});
const after = (...messages: RoomMessage<ChatTypes>[]) => messages.reduce(stepsAfter, [] as readonly RunStepShown[]);

describe('the steps of a run', () => {
  it('are what was thought, and each tool with what came of it', () => {
    expect(
      after(
        event('agent_started', {}),
        event('agent_thinking', { thought: 'Looking', step_number: 1, total_steps: 2 }),
        event('tool_executing', { tool_name: 'search' }),
        event('tool_completed', { tool_name: 'search', result: '3 passages' }),
        event('tool_executing', { tool_name: 'search' }),
        event('partial_result', { index: 0, content: 'A' }),
      ),
    ).toEqual([
      { kind: 'thought', text: 'Looking' },
      { kind: 'tool', name: 'search', result: '3 passages' },
      { kind: 'tool', name: 'search' },
    ]);
  });

  it('begin anew with each run', () => {
    const looked = event('agent_thinking', { thought: 'Looking', step_number: 1, total_steps: 2 });
    expect(after(looked, event('agent_started', {}))).toEqual([]);
  });

  it('are the present one for who comes in the middle', () => {
    expect(after(snapshot([{ ...RUN, thought: 'Looking', tool_name: 'search' }]))).toEqual([
      { kind: 'thought', text: 'Looking' },
      { kind: 'tool', name: 'search' },
    ]);
    expect(after(snapshot())).toEqual([]);
  });
});

describe('an answer is being given', () => {
  it.each<[string, AgentRun | undefined, boolean]>([
    ['not without a run', undefined, false],
    ['from its beginning', RUN, true],
    ['while there are pieces', { ...RUN, partial: 'A', next_index: 1 }, true],
    ['not once it is a message', { ...RUN, next_index: 1 }, false],
    ['not when it failed', { ...RUN, error: { code: 'c', error: 'e', recoverable: true } }, false],
  ])('%s', (_when, run, is) => expect(isAnswering(run)).toBe(is));
});
