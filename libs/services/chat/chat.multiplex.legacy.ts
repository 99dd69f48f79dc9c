import {
  Fault,
  pickFields,
  type ContractEvent,
  type MultiplexCodec,
  type MultiplexContext,
} from '@switchyard/contract';
import type { ChatTypes } from './chat.contract.js';
import type { RunEvents, RunStep } from './chat.run.js';

/** The events of this wire with their fields in order, because its bytes must not change. */
const FIELDS: { readonly [E in keyof RunEvents]: readonly Exclude<keyof RunEvents[E], keyof RunStep>[] } = {
  agent_started: [],
  agent_thinking: ['thought', 'step_number', 'total_steps'],
  tool_executing: ['tool_name'],
  tool_completed: ['tool_name', 'result'],
  partial_result: ['index', 'content'],
  agent_completed: ['duration_ms', 'message_id'],
  agent_error: ['code', 'error', 'recoverable'],
};

function envelope(type: string, payload: object, { now, correlation_id = null }: Frame) {
  return { type, payload, timestamp: now, correlation_id };
}

type Frame = Omit<MultiplexContext, 'session_id' | 'correlation_id'> & { correlation_id?: string | null };

function encodeEvent({ event, payload }: ContractEvent<ChatTypes>, { key, now }: { key: string; now: string }) {
  if (event === 'new_message' || event === 'typing') return undefined;
  const order = ['run_id', 'agent_name', ...FIELDS[event]] as (keyof typeof payload)[];
  const fields = pickFields(payload, order);
  // A client without a thread learns here which one was opened.
  const body = event === 'agent_started' ? { ...fields, thread_id: key } : fields;
  return envelope(event, body, { now, correlation_id: payload.correlation_id });
}

/** An unvalidated frame, which is at least an object. */
interface Incoming {
  type?: unknown;
  payload?: unknown;
  correlation_id?: unknown;
}

const invalid = (field: string, rule: string) => new Fault('input.invalid', { fields: [{ field, rules: [rule] }] });

/** The codec of the agents' old WebSocket: one socket for all threads, with `{type, payload, timestamp, correlation_id}` frames. */
export const chatMultiplex: MultiplexCodec<ChatTypes> = {
  path: '/ws',
  heartbeat: { every_ms: 30_000, frame: (context) => envelope('heartbeat', {}, context) },
  greet: (context) => envelope('connection_established', {}, context),
  correlationOf({ correlation_id }: Incoming) {
    return typeof correlation_id === 'string' ? correlation_id : undefined;
  },
  decode({ type, payload, correlation_id: id }: Incoming, context) {
    if (typeof type !== 'string') throw invalid('type', 'must be a string');
    if (type === 'ping') return { kind: 'answer', frame: envelope('pong', {}, context) };
    if (type !== 'user_message' && type !== 'agent_request') throw invalid('type', 'must be a type of this wire');
    if (typeof payload !== 'object' || payload === null) throw invalid('payload', 'must be an object');
    const { content, thread_id, agent_type } = payload as { content: unknown; thread_id?: string; agent_type?: string };
    if (typeof content !== 'string') throw invalid('content', 'must be a string');
    // Checked before a thread is opened that no client would know.
    if (id !== undefined && id !== null && typeof id !== 'string') throw invalid('correlation_id', 'must be a string');
    const once = typeof id === 'string' && { correlation_id: id };
    const send = (session_id: string) => ({
      call: 'send_message' as const,
      payload: { session_id, message: content, ...once },
    });
    if (thread_id !== undefined && thread_id !== null) return { kind: 'call', key: thread_id, call: send(thread_id) };
    // A repeated message goes to the thread that it opened the first time.
    const opening = context.correlation_id !== undefined && { correlation_id: `${context.correlation_id}:thread` };
    const open = { call: 'create_session' as const, payload: { ...(agent_type !== '' && { agent_type }), ...opening } };
    return { kind: 'open', open, call: send };
  },
  encodeEvent,
  encodeError({ code, error, timestamp, recoverable, help }, context) {
    return envelope('error', { code, error, timestamp, recoverable, help }, context);
  },
};
