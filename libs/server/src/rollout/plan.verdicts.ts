import { Injectable } from '@nestjs/common';
import { HealthSource, RolloutObjections } from './health.source.js';
import type { Verdict } from './plan.clock.js';
import { currentStep, type PlanDocument } from './plan.document.js';

/** What a person can do where too little happens. */
const WAY_ON =
  'the pause runs once there are as many; to go on without them, start the plan again with unwatched and replace';

/** How old the health may be, in windows and at least in ms: a process that does not answer delays the next window. */
const MAX_AGE_WINDOWS = 3;
const MAX_AGE_MS = 10_000;

/** Decides whether the pause of a plan's step runs. */
@Injectable()
export class PlanVerdicts {
  constructor(
    private readonly health: HealthSource,
    private readonly objections: RolloutObjections,
  ) {}

  /** What speaks for and against going on with a plan now; never rejects. */
  async of(plan: PlanDocument): Promise<Verdict> {
    try {
      return await this.judge(plan);
    } catch (error) {
      return { state: 'unknown', why: `the health could not be read; ${(error as Error).message}` };
    }
  }

  private async judge({ service, unwatched, ...plan }: PlanDocument): Promise<Verdict> {
    const objection = await this.objections.against(service, plan.step_since);
    if (objection !== undefined) return { state: 'breached', why: objection };
    const { stage } = currentStep(plan);
    // Nobody uses the new wire there, so it has no health.
    if (unwatched || stage === 'legacy' || stage === 'shadow') return { state: 'healthy' };
    const { state, at, window_s, breaches, reason, sample } = await this.health.of(service);
    if (state === 'breached') return { state, why: breaches.map(({ text }) => text).join('; ') };
    if (state === 'healthy' && at >= plan.step_since) {
      const maxAge_ms = Math.max(MAX_AGE_MS, MAX_AGE_WINDOWS * window_s * 1000);
      if (Date.now() - Date.parse(at) <= maxAge_ms) return { state };
      return { state: 'unknown', why: `no window could be judged since ${at}` };
    }
    if (sample) return { state: 'unknown', why: `${reason}; ${WAY_ON}` };
    return { state: 'unknown', why: reason ?? 'no whole window has passed since the step began' };
  }
}
