import { camelFields, snakeFields, type CamelKeys, type LegacyCodec } from '@switchyard/contract';
import type { CrawlTypes } from './crawl.contract.js';
import type { CrawlProgress, CrawlStatus } from './crawl.progress.js';

/** The fields of the old frame in order, because its bytes must not change. */
const FIELDS = [
  'progress_id',
  'status',
  'percentage',
  'message',
  'current_url',
  'total_pages',
  'processed_pages',
  'chunks_stored',
  'word_count',
  'source_id',
  'eta_s',
  'started_at',
  'updated_at',
  'completed_at',
  'duration_s',
  'error',
  'logs',
] as const satisfies readonly (keyof CrawlProgress)[];

const TYPES: Partial<Record<CrawlStatus, string>> = { completed: 'crawl_completed', error: 'crawl_error' };
const PROGRESS_TYPES: readonly unknown[] = ['crawl_progress', ...Object.values(TYPES)];

const encode = (progress: CrawlProgress) => ({
  type: TYPES[progress.status] ?? 'crawl_progress',
  data: camelFields(progress, FIELDS),
});

/** The codec of the crawl card's old WebSocket: `{type, data}` frames with camel-case fields. */
export const crawlLegacy: LegacyCodec<CrawlTypes> = {
  path: '/api/crawl-progress/:progress_id',
  heartbeat: { every_ms: 30_000, frame: ({ now }) => ({ type: 'heartbeat', data: { timestamp: now } }) },
  encodeEvent: ({ payload }) => encode(payload),
  encodeSnapshot: (snapshot) => [encode(snapshot)],
  decodeEvent(frame) {
    if (typeof frame === 'string') return undefined;
    if (frame.type === 'heartbeat') return { kind: 'alive', at: (frame.data as { timestamp: string }).timestamp };
    if (!PROGRESS_TYPES.includes(frame.type)) return undefined;
    const payload = snakeFields<CrawlProgress>(frame.data as CamelKeys<CrawlProgress>, FIELDS);
    return { kind: 'event', event: 'progress_update', payload };
  },
  // Crawls are started over REST on the old wire.
  encodeCall: () => undefined,
  decodeCall: () => undefined,
  answer: (frame) => (frame === 'ping' ? 'pong' : undefined),
  unknownRoom: ({ key }) => ({
    frames: [{ type: 'crawl_progress', data: { progressId: key, status: 'waiting', percentage: 0, logs: [] } }],
  }),
  project: (event) => event,
  identify: ({ payload: { status, percentage, updated_at } }) => `${updated_at} ${status} ${percentage}`,
};
