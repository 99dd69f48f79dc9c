/** The common fields of a run's events: its id, its agent, and the `correlation_id` of the answered message. */
export interface RunStep {
  run_id: string;
  agent_name: string;
  correlation_id?: string;
}

/** The events of a run in order; `agent_completed` or `agent_error` is the last. */
export type RunEvents = {
  agent_started: RunStep;
  agent_thinking: RunStep & { thought: string; step_number: number; total_steps: number };
  tool_executing: RunStep & { tool_name: string };
  tool_completed: RunStep & { tool_name: string; result?: string };
  /** The next piece of the answer; `index` counts from 0. */
  partial_result: RunStep & { index: number; content: string };
  /** The answer is the message `message_id`. */
  agent_completed: RunStep & { duration_ms: number; message_id: string };
  agent_error: RunStep & RunError;
};

/** Why a run ended without an answer. */
export interface RunError {
  code: string;
  error: string;
  recoverable: boolean;
  /** What to do about it; the old wires have no field for it. */
  help?: string;
}

/** An activity of an agent; a tool without `result` is in use. */
export type RunActivity = { kind: 'thought'; text: string } | { kind: 'tool'; name: string; result?: string };

/** An event of a run, discriminated by its name. */
export type RunEvent = { [E in keyof RunEvents]: { event: E; payload: RunEvents[E] } }[keyof RunEvents];

/** The state of a run, for showing an unfinished answer. */
export interface AgentRun extends RunStep {
  thought?: string;
  step_number?: number;
  total_steps?: number;
  /** The tool in use. */
  tool_name?: string;
  /** The answer so far. */
  partial: string;
  /** The index of the next piece. */
  next_index: number;
  /** Why it ended without an answer. */
  error?: RunError;
  /** The agent's last activities. */
  activities?: RunActivity[];
}

/** The number of stored activities. */
const MAX_ACTIVITIES = 50;

/** Applies an event to a run, which is undefined once completed; a repeated piece changes nothing. */
export function foldRun(run: AgentRun | undefined, { event, payload }: RunEvent): AgentRun | undefined {
  const { run_id, agent_name, correlation_id } = payload;
  const initial: AgentRun = {
    run_id,
    agent_name,
    ...(correlation_id !== undefined && { correlation_id }),
    partial: '',
    next_index: 0,
  };
  // An old wire sends only pieces and the end.
  const current = run && (run_id === undefined || run.run_id === run_id) ? run : initial;
  switch (event) {
    case 'agent_started':
      return initial;
    case 'agent_thinking': {
      const { thought, step_number, total_steps } = payload;
      return withActivity({ ...current, thought, step_number, total_steps }, { kind: 'thought', text: thought });
    }
    case 'tool_executing':
      return withActivity({ ...current, tool_name: payload.tool_name }, { kind: 'tool', name: payload.tool_name });
    case 'tool_completed': {
      const { tool_name: _, activities = [], ...rest } = current;
      const { tool_name: name, result = 'done' } = payload;
      const place = activities.findLastIndex((activity) => activity.kind === 'tool' && activity.name === name);
      return {
        ...rest,
        activities: activities.map((activity, at) => (at === place ? { kind: 'tool', name, result } : activity)),
      };
    }
    case 'partial_result': {
      const { index = current.next_index, content } = payload;
      if (index < current.next_index) return current;
      return { ...current, partial: current.partial + content, next_index: index + 1 };
    }
    case 'agent_completed':
      return undefined;
    case 'agent_error': {
      const { code, error, recoverable, help } = payload;
      return { ...current, partial: '', error: { code, error, recoverable, ...(help !== undefined && { help }) } };
    }
  }
}

function withActivity(run: AgentRun, activity: RunActivity): AgentRun {
  return { ...run, activities: [...(run.activities ?? []), activity].slice(-MAX_ACTIVITIES) };
}
