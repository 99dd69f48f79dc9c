import type { ContractEvent, RootFrame } from '@switchyard/contract';
import fc from 'fast-check';
import { recordingsOf } from '../../../test/conformance/codec.conformance.js';
import type { ResearchTypes } from './research.contract.js';
import { researchLegacy } from './research.legacy.js';
import { RESEARCH_ERRORS, RESEARCH_PHASES, RESEARCH_STATUSES, type ResearchState } from './research.state.js';

const text = fc.string({ unit: 'binary' });
const event = <E extends ContractEvent<ResearchTypes>['event']>(name: E, payload: fc.Arbitrary<unknown>) =>
  fc.record({ event: fc.constant(name), payload }) as unknown as fc.Arbitrary<ContractEvent<ResearchTypes>>;

const events = fc.oneof(
  event(
    'research_progress',
    fc.record(
      {
        research_id: fc.uuid(),
        status: fc.constantFrom(...RESEARCH_STATUSES.filter((status) => status !== 'completed')),
        progress: fc.nat(100),
        message: text,
        phase: fc.constantFrom(...RESEARCH_PHASES),
        log_entry: fc.record({ message: text, type: fc.constantFrom('info', 'warning', 'error'), time: text }),
        error: fc.record({ type: fc.constantFrom(...RESEARCH_ERRORS), message: text, help: text }),
      },
      { requiredKeys: ['research_id', 'status', 'progress'] },
    ),
  ),
  event('search_engine_selected', fc.record({ engine: text, result_count: fc.nat() })),
  event('research_completed', fc.record({ report: fc.record({ title: text, content: text }) })),
);

const context = { key: 'r1', session_id: '', now: '' };
const write = ({ event: name, payload }: RootFrame) => JSON.stringify([name, payload]);
const read = (line: string): RootFrame => {
  const [name, payload] = JSON.parse(line) as [string, unknown];
  return { event: name, payload };
};

describe('the old wire of research', () => {
  describe.each(recordingsOf('research'))('as recorded in %s', (_file, recording) => {
    it.each(recording.frames)('writes the recorded frame again: %s', (line) => {
      const message = researchLegacy.decodeEvent(read(line));
      if (message?.kind !== 'event') throw new Error('the codec does not know the frame');
      expect(researchLegacy.encodeEvent(message, recording.context).map(write)).toContain(line);
    });
  });

  it('loses only the declared fields of an event, under either name', () => {
    fc.assert(
      fc.property(events, (given) => {
        const survived = researchLegacy.encodeEvent(given, context).map((frame) => {
          const message = researchLegacy.decodeEvent(read(write(frame)));
          return message?.kind === 'event' ? { event: message.event, payload: message.payload } : message;
        });
        const projected = researchLegacy.project(given);
        expect(survived).toEqual(projected ? [projected, projected] : []);
      }),
    );
  });

  it('answers a request with the state of the research', () => {
    const log_entry = { message: 'Asking the web', type: 'info', time: 't' } as const;
    const state: ResearchState = {
      research_id: 'r1',
      query: 'q',
      status: 'in_progress',
      progress: 20,
      message: 'Asking the web',
      phases: ['planning', 'searching'],
      engines: [],
      log: [log_entry],
    };
    const payload = { research_id: 'r1', status: 'in_progress', progress: 20, message: 'Asking the web' };
    expect(researchLegacy.encodeSnapshot(state, context)).toEqual([
      { event: 'progress_r1', payload: { ...payload, phase: 'searching', log_entry } },
      { event: 'research_progress_r1', payload: { ...payload, phase: 'searching', log_entry } },
    ]);
  });

  it.each([
    ['r1', 'r1'],
    [{ research_id: 'r1' }, 'r1'],
    [{ research_id: '' }, undefined],
    ['', undefined],
    [null, undefined],
    [7, undefined],
  ])('reads from %j the research id %s', (payload, key) => {
    expect(researchLegacy.keyOf(payload)).toBe(key);
  });

  it('decodes no event from an unknown one', () => {
    expect(researchLegacy.decodeEvent({ event: 'service_error', payload: {} })).toBeUndefined();
  });
});
