import { Injectable } from '@nestjs/common';
import { HealthSource, RolloutObjections } from './health.source.js';
import type { Verdict } from './plan.clock.js';
import { currentStep, type PlanDocument } from './plan.document.js';

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
    const { state, at, breaches, reason } = await this.health.of(service);
    if (state === 'breached') return { state, why: breaches.map(({ text }) => text).join('; ') };
    if (state === 'healthy' && at >= plan.step_since) return { state };
    return { state: 'unknown', why: reason ?? 'no whole window has passed since the step began' };
  }
}
