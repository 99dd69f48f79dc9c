import type { ServiceHealth } from '@switchyard/contract';
import { PlanVerdicts } from './plan.verdicts.js';

const ago = (s: number) => new Date(Date.now() - s * 1000).toISOString();

/** The verdict on a step that began long ago, when the health was judged so many seconds ago. */
function verdict(age_s: number, health: Partial<ServiceHealth> = {}) {
  const judged = { service: 'board', state: 'healthy', at: ago(age_s), window_s: 10, breaches: [], ...health } as const;
  const verdicts = new PlanVerdicts(
    { isWatched: () => true, of: () => Promise.resolve(judged) },
    { against: () => Promise.resolve(undefined) },
  );
  const steps = [{ stage: 'canary', percent: 5, pause_s: 60 }] as const;
  return verdicts.of({
    service: 'board',
    unwatched: false,
    step: 0,
    step_since: ago(600),
    steps,
  } as never);
}

describe('the pause of a plan', () => {
  it('runs while the last windows were healthy', async () => {
    expect(await verdict(25)).toEqual({ state: 'healthy' });
    expect(await verdict(5, { window_s: 0.1 })).toEqual({ state: 'healthy' });
  });

  it('stands still once no window could be judged for three of them', async () => {
    expect(await verdict(35)).toEqual({ state: 'unknown', why: expect.stringContaining('no window could be judged') });
  });
});
