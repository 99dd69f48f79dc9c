import { currentStep, type PlanDocument } from './plan.document.js';

/**
 * What a look at a service says about going on: *healthy* lets the pause of a step run, *unknown* stops it, and
 * *breached* makes it begin again. `why` is in words.
 */
export type Verdict = { state: 'healthy' } | { state: 'unknown' | 'breached'; why: string };

/** A running or waiting plan after a look; `healthy_ms` is how long its service has been healthy since the look before. */
export function afterLook(plan: PlanDocument, verdict: Verdict, healthy_ms: number): PlanDocument {
  const { why: _, ...rest } = plan;
  if (verdict.state === 'healthy') return { ...rest, state: 'running', healthy_ms: plan.healthy_ms + healthy_ms };
  const kept_ms = verdict.state === 'breached' ? 0 : plan.healthy_ms;
  return { ...rest, state: 'waiting', why: verdict.why, healthy_ms: kept_ms };
}

/** Whether the pause of the current step is over, and nothing speaks against the next one. */
export function isDue(plan: PlanDocument): boolean {
  return plan.state === 'running' && plan.healthy_ms >= currentStep(plan).pause_s * 1000;
}
