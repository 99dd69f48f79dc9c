import type { Stage } from './migration.js';

/** The stages that a rollout plan may lead to. A retirement refuses old clients, so a person makes it. */
export type RolloutStage = Exclude<Stage, 'retired'>;

/** How many steps a rollout plan may have. */
export const MAX_ROLLOUT_STEPS = 50;
/** The longest pause of a step, in seconds: 90 days. */
export const MAX_PAUSE_S = 90 * 24 * 60 * 60;

/** One step of a rollout plan. */
export interface RolloutStep {
  stage: RolloutStage;
  /** The share of a canary, 0 to 100 with at most three decimals; absent for another stage. */
  percent?: number;
  /** How long the service must be healthy there before the next step, in seconds. */
  pause_s: number;
}

/**
 * *running*: the pause of a step runs. *waiting*: it does not run, because of the service's health. *paused*: it does not
 * run until a person resumes the plan. *done* and *stopped* are final.
 */
export type RolloutState = 'running' | 'waiting' | 'paused' | 'stopped' | 'done';

/** The plan by which a service moves forward on its own, as `GET /admin/migration/{service}/plan` shows it. */
export interface RolloutPlan {
  /** Differs for each plan of a service. */
  id: string;
  service: string;
  steps: readonly RolloutStep[];
  state: RolloutState;
  /** Why it waits, is paused or was stopped, in words. */
  why?: string;
  /** Who paused, resumed or stopped it last. */
  changed_by?: string;
  /** The index of the step where the service is, from 0. */
  step: number;
  /** When that step began, ISO 8601 with Z. */
  step_since: string;
  /** How long the service has been healthy in that step, in seconds. */
  healthy_s: number;
  /** Whether the pauses alone count, without the service's health. */
  unwatched: boolean;
  /** When the plan began, ISO 8601 with Z. */
  since: string;
  by: string;
  reason: string;
}

/** The body of `PUT /admin/migration/{service}/plan` that starts a plan. */
export interface RolloutStart {
  /** 1 to `MAX_ROLLOUT_STEPS` steps, each one further than the step before. */
  steps: readonly RolloutStep[];
  /** 1 to 500 characters. */
  reason: string;
  /** Lets the plan take the place of one that is not over. */
  replace?: boolean;
  /** Lets the pauses alone count, for a service without thresholds. */
  unwatched?: boolean;
}

/** The body of `PUT /admin/migration/{service}/plan` that pauses, resumes or stops the plan. */
export interface RolloutChange {
  state: 'paused' | 'running' | 'stopped';
  /** 1 to 500 characters. */
  reason: string;
}
