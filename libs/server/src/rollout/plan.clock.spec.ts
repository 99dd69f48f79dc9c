import { afterLook, isDue } from './plan.clock.js';
import type { PlanDocument } from './plan.document.js';

const PLAN: PlanDocument = {
  id: 'a',
  service: 'board',
  steps: [
    { stage: 'canary', percent: 1, pause_s: 10 },
    { stage: 'socketio', pause_s: 0 },
  ],
  state: 'waiting',
  why: 'errors',
  step: 0,
  step_since: '2026-01-01T00:00:00.000Z',
  healthy_ms: 8000,
  unwatched: false,
  since: '2026-01-01T00:00:00.000Z',
  by: 'ada',
  reason: 'why',
  audit: 'x',
};

describe('the clock of a plan', () => {
  it('runs while the service is healthy, and is due after the pause', () => {
    const soon = afterLook(PLAN, { state: 'healthy' }, 1999);
    expect(soon).toMatchObject({ state: 'running', healthy_ms: 9999 });
    expect('why' in soon).toBe(false);
    expect(isDue(soon)).toBe(false);
    expect(isDue(afterLook(soon, { state: 'healthy' }, 1))).toBe(true);
  });

  it('stands still while the health is unknown, and is not due then', () => {
    const waiting = afterLook({ ...PLAN, healthy_ms: 10_000 }, { state: 'unknown', why: 'quiet' }, 1000);
    expect(waiting).toMatchObject({ state: 'waiting', why: 'quiet', healthy_ms: 10_000 });
    expect(isDue(waiting)).toBe(false);
  });

  it('begins again after a breach', () => {
    const breached = afterLook({ ...PLAN, state: 'running' }, { state: 'breached', why: 'slow' }, 1000);
    expect(breached).toMatchObject({ state: 'waiting', why: 'slow', healthy_ms: 0 });
  });
});
