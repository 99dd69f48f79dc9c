import { Injectable } from '@nestjs/common';
import { HealthSource, RolloutObjections } from './health.source.js';
import type { Verdict } from './plan.clock.js';
import { currentStep, type PlanDocument } from './plan.document.js';

/** What a person can do where too little happens. */
const WAY_ON =
  'the pause runs once there are as many; to go on without them, start the plan again with unwatched and replace';

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
    const { state, at, breaches, reason, sample } = await this.health.of(service);
    if (state === 'breached') return { state, why: breaches.map(({ text }) => text).join('; ') };
    if (state === 'healthy' && at >= plan.step_since) return { state };
    if (sample) return { state: 'unknown', why: `${reason}; ${WAY_ON}` };
    return { state: 'unknown', why: reason ?? 'no whole window has passed since the step began' };
  }
}
