import type { RolloutPlan, RolloutStep } from '@switchyard/contract';

/** A rollout plan as the store keeps it. */
export interface PlanDocument extends Omit<RolloutPlan, 'healthy_s'> {
  /** How long the service has been healthy in the current step, in ms. */
  healthy_ms: number;
  /** The id in the audit of the last change of the service that the plan knows: its own, or one that does not matter. */
  audit: string;
}

/** The part of a plan that the admin API shows. */
export function shownPlan({ healthy_ms, audit: _, ...plan }: PlanDocument): RolloutPlan {
  return { ...plan, healthy_s: Math.floor(healthy_ms / 1000) };
}

/** Whether a plan has come to its end. */
export function isOver({ state }: Pick<PlanDocument, 'state'>): boolean {
  return state === 'done' || state === 'stopped';
}

/** The step where a plan is. */
export function currentStep({ steps, step }: Pick<PlanDocument, 'steps' | 'step'>): RolloutStep {
  return steps[step]!;
}

/** A plan whose step `step` has just begun with the change `audit`; it is done when nothing is left to wait for. */
export function begunStep(plan: PlanDocument, step: number, change: { audit: string; at: string }): PlanDocument {
  const { why: _, ...rest } = plan;
  const begun: PlanDocument = {
    ...rest,
    step,
    state: 'running',
    step_since: change.at,
    healthy_ms: 0,
    audit: change.audit,
  };
  return isComplete(begun) ? { ...begun, state: 'done' } : begun;
}

/** Whether the last step has had its pause. */
export function isComplete(plan: PlanDocument): boolean {
  return plan.step === plan.steps.length - 1 && plan.healthy_ms >= currentStep(plan).pause_s * 1000;
}
