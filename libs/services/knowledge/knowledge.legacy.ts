import { pickFields, type ContractEvent, type LegacyCodec, type LegacyFrame } from '@switchyard/contract';
import type { KnowledgeTypes } from './knowledge.contract.js';
import type { KnowledgePage } from './knowledge.item.js';

type KnowledgeEvent = ContractEvent<KnowledgeTypes>;

/** The events of the old wire with their fields in order. */
const FIELDS: Partial<Record<KnowledgeEvent['event'], readonly string[]>> = {
  crawl_completed: ['url', 'success', 'message', 'progress_id'],
  upload_completed: ['source_id', 'file_name', 'chunks_count', 'word_count'],
  upload_error: ['file_name', 'code', 'error'],
};
const PAGE = ['items', 'total', 'page', 'per_page', 'pages'] as const;

function encode({ event, payload }: KnowledgeEvent): LegacyFrame | undefined {
  const fields = FIELDS[event];
  return fields && { type: event, data: pickFields(payload as Record<string, unknown>, fields) };
}

/** The codec of the knowledge base's old WebSocket: the items on connect, then the results of crawls and uploads. */
export const knowledgeLegacy: LegacyCodec<KnowledgeTypes> = {
  path: '/api/knowledge-items/stream',
  heartbeat: { every_ms: 5000, frame: ({ now }) => ({ type: 'heartbeat', data: { timestamp: now } }) },
  encodeEvent: encode,
  encodeSnapshot: (snapshot) => [{ type: 'knowledge_items_update', data: pickFields(snapshot, PAGE) }],
  decodeEvent(frame) {
    if (typeof frame === 'string') return undefined;
    const { type, data } = frame as { type?: unknown; data: unknown };
    if (type === 'heartbeat') return { kind: 'alive', at: (data as { timestamp: string }).timestamp };
    if (type === 'knowledge_items_update') return { kind: 'snapshot', payload: data as KnowledgePage };
    if (typeof type !== 'string' || !Object.hasOwn(FIELDS, type)) return undefined;
    return { kind: 'event', event: type, payload: data } as { kind: 'event' } & KnowledgeEvent;
  },
  // Items are deleted and refreshed over REST on the old wire.
  encodeCall: () => undefined,
  decodeCall: () => undefined,
  unknownRoom: () => ({ frames: [] }),
  project: (event) => (event.event in FIELDS ? event : undefined),
  identify({ event, payload }) {
    const { progress_id, source_id, file_name } = payload as Record<string, unknown>;
    return `${event} ${String(progress_id ?? source_id ?? file_name)}`;
  },
};
