import type { ContractEvent } from '@switchyard/contract';
import fc from 'fast-check';
import { codecConformance } from '../../../test/conformance/codec.conformance.js';
import { query, type QueryTypes } from './query.contract.js';
import { queryLegacy } from './query.legacy.js';
import { QUERY_STEPS } from './query.state.js';

const text = fc.string({ unit: 'binary' });
const event = <E extends ContractEvent<QueryTypes>['event']>(name: E, payload: fc.Arbitrary<unknown>) =>
  fc.record({ event: fc.constant(name), payload }) as unknown as fc.Arbitrary<ContractEvent<QueryTypes>>;

codecConformance(
  query,
  queryLegacy,
  fc.oneof(
    event(
      'query_step',
      fc.record(
        {
          step: fc.constantFrom(...QUERY_STEPS),
          label: text,
          info: text,
          failed: fc.boolean(),
          timestamp: text,
        },
        { requiredKeys: ['step', 'label', 'timestamp'] },
      ),
    ),
    event('query_completed', fc.record({ from_cache: fc.boolean(), summary: text })),
    event('query_failed', fc.record({ reason: text, help: text })),
  ),
);

describe('the old wire of query', () => {
  it.each(['text', {}, { step: 'dancing' }, { type: 'query_completed' }])(
    'decodes no event from the frame %j',
    (frame) => {
      expect(queryLegacy.decodeEvent(frame)).toBeUndefined();
    },
  );
});
