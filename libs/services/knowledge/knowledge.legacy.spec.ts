import type { ContractEvent } from '@switchyard/contract';
import fc from 'fast-check';
import { codecConformance } from '../../../test/conformance/codec.conformance.js';
import { knowledge, type KnowledgeTypes } from './knowledge.contract.js';
import { knowledgeLegacy } from './knowledge.legacy.js';

const text = fc.string({ unit: 'binary' });
const event = <E extends ContractEvent<KnowledgeTypes>['event']>(
  name: E,
  fields: Record<string, fc.Arbitrary<unknown>>,
) =>
  fc.record({ event: fc.constant(name), payload: fc.record(fields) }) as unknown as fc.Arbitrary<
    ContractEvent<KnowledgeTypes>
  >;

codecConformance(
  knowledge,
  knowledgeLegacy,
  fc.oneof(
    event('item_added', { id: text, title: text }),
    event('item_updated', { id: text, title: text }),
    event('item_deleted', { source_id: text }),
    event('crawl_completed', { url: text, success: fc.boolean(), message: text, progress_id: text }),
    event('upload_completed', { source_id: text, file_name: text, chunks_count: fc.nat(), word_count: fc.nat() }),
    event('upload_error', { file_name: text, code: text, error: text }),
  ),
);

describe('the old wire of knowledge', () => {
  it.each(['text', {}, { type: 'item_added', data: {} }, { type: 'constructor', data: {} }])(
    'decodes no event from the frame %j',
    (frame) => {
      expect(knowledgeLegacy.decodeEvent(frame)).toBeUndefined();
    },
  );
});
