import type { AgentRun } from '@switchyard/services';
import { isAnswering } from './run.answering.js';

const RUN: AgentRun = { run_id: 'r', agent_name: 'rag', partial: '', next_index: 0 };

describe('an answer is in progress', () => {
  it.each<[string, AgentRun | undefined, boolean]>([
    ['not without a run', undefined, false],
    ['from its beginning', RUN, true],
    ['while there are pieces', { ...RUN, partial: 'A', next_index: 1 }, true],
    ['not once it is a message', { ...RUN, next_index: 1 }, false],
    ['not when it failed', { ...RUN, error: { code: 'c', error: 'e', recoverable: true } }, false],
  ])('%s', (_when, run, is) => expect(isAnswering(run)).toBe(is));
});
