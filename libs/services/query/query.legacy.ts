import { pickFields, type LegacyCodec } from '@switchyard/contract';
import type { QueryTypes } from './query.contract.js';
import { QUERY_STEPS, emptyQuery, type QueryStep } from './query.state.js';

/** The order of the old frame's fields. */
const FIELDS = ['step', 'timestamp', 'label', 'info', 'failed'] as const satisfies readonly (keyof QueryStep)[];
const STEPS: readonly unknown[] = QUERY_STEPS;

/** The codec of the old status WebSocket: a flat frame for each step; the result comes by HTTP. */
export const queryLegacy: LegacyCodec<QueryTypes> = {
  path: '/ws/status/:ws_id',
  heartbeat: { every_ms: 30_000, frame: () => ({ type: 'ping' }) },
  encodeEvent: ({ event, payload }) => (event === 'query_step' ? pickFields(payload, FIELDS) : undefined),
  encodeSnapshot: () => [{ type: 'connected', message: 'WebSocket connected' }],
  decodeEvent(frame) {
    if (typeof frame === 'string') return undefined;
    if (frame.type === 'ping') return { kind: 'alive' };
    if (frame.type === 'connected') return { kind: 'snapshot', payload: emptyQuery('') };
    if (!STEPS.includes(frame.step)) return undefined;
    return { kind: 'event', event: 'query_step', payload: pickFields(frame as unknown as QueryStep, FIELDS) };
  },
  // On the old wire, queries come by HTTP.
  encodeCall: () => undefined,
  decodeCall: () => undefined,
  unknownRoom: () => ({ frames: [] }),
  project: (event) => (event.event === 'query_step' ? event : undefined),
  identify({ payload }) {
    const { step, timestamp } = payload as QueryStep;
    return `${timestamp} ${step}`;
  },
};
