import fc from 'fast-check';
import { codecConformance } from '../../../test/conformance/codec.conformance.js';
import { crawl } from './crawl.contract.js';
import { crawlLegacy } from './crawl.legacy.js';
import { CRAWL_STATUSES, type CrawlProgress } from './crawl.progress.js';

const time = fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }).map((date) => date.toISOString());
const count = fc.nat();

const progress: fc.Arbitrary<CrawlProgress> = fc.record(
  {
    progress_id: fc.uuid(),
    status: fc.constantFrom(...CRAWL_STATUSES),
    percentage: fc.double({ min: 0, max: 100, noNaN: true }).map((value) => value + 0),
    message: fc.string({ unit: 'binary' }),
    current_url: fc.webUrl(),
    total_pages: count,
    processed_pages: count,
    chunks_stored: count,
    word_count: count,
    source_id: fc.string(),
    eta_s: count,
    started_at: time,
    updated_at: time,
    completed_at: time,
    duration_s: count,
    error: fc.string(),
    logs: fc.array(fc.record({ at: time, level: fc.constantFrom('info', 'warning', 'error'), message: fc.string() }), {
      maxLength: 3,
    }),
  },
  {
    requiredKeys: [
      'progress_id',
      'status',
      'percentage',
      'total_pages',
      'processed_pages',
      'chunks_stored',
      'word_count',
      'started_at',
      'updated_at',
      'logs',
    ],
  },
);

codecConformance(
  crawl,
  crawlLegacy,
  progress.map((payload) => ({ event: 'progress_update', payload })),
);

describe('the old crawl wire', () => {
  it('answers a text ping with a text pong', () => {
    expect(crawlLegacy.answer!('ping')).toBe('pong');
    expect(crawlLegacy.answer!({ type: 'ping' })).toBeUndefined();
  });

  it.each(['text', { type: 'something_else', data: {} }])('decodes no event from the frame %j', (frame) => {
    expect(crawlLegacy.decodeEvent(frame)).toBeUndefined();
  });
});
