import type { RoomMessage } from '@switchyard/client';
import type { AgentRun, ChatTypes } from '@switchyard/services';

/** Something the agent did on the way to its answer. */
export type RunStepShown = { kind: 'thought'; text: string } | { kind: 'tool'; name: string; result?: string };

/** The steps of the run that is going on, after another message of its room. */
export function stepsAfter(steps: readonly RunStepShown[], message: RoomMessage<ChatTypes>): readonly RunStepShown[] {
  if (message.kind === 'presence') return steps;
  if (message.kind === 'snapshot') return stepsOf(message.snapshot.runs?.[0]);
  switch (message.event) {
    case 'agent_started':
      return [];
    case 'agent_thinking':
      return [...steps, { kind: 'thought', text: message.payload.thought }];
    case 'tool_executing':
      return [...steps, { kind: 'tool', name: message.payload.tool_name }];
    case 'tool_completed': {
      const { tool_name: name, result = 'done' } = message.payload;
      const place = steps.findLastIndex((step) => step.kind === 'tool' && step.name === name);
      return steps.map((step, at) => (at === place ? { kind: 'tool', name, result } : step));
    }
    default:
      return steps;
  }
}

/** Who comes in the middle of a run is told no more than its present step. */
function stepsOf(run: AgentRun | undefined): readonly RunStepShown[] {
  const { thought, tool_name } = run ?? {};
  return [
    ...(thought === undefined ? [] : [{ kind: 'thought', text: thought } as const]),
    ...(tool_name === undefined ? [] : [{ kind: 'tool', name: tool_name } as const]),
  ];
}

/** Whether an answer is being given: it has not failed, and it is not a message yet. */
export function isAnswering(run: AgentRun | undefined): run is AgentRun {
  if (!run || run.error) return false;
  // Pieces that are gone again have become the message.
  return run.partial !== '' || run.next_index === 0;
}
