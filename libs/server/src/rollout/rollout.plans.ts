import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Fault, type RolloutChange, type RolloutPlan, type RolloutStart } from '@switchyard/contract';
import { heldFault } from '../stages/stage.move.js';
import type { StageRecord } from '../stages/stage.record.js';
import { Stages } from '../stages/stages.js';
import { changeDocuments } from '../store/document.conflict.js';
import { HealthSource } from './health.source.js';
import { begunStep, isOver, shownPlan, type PlanDocument } from './plan.document.js';
import { checkSteps, moveTo } from './plan.steps.js';
import { PlanStore } from './plan.store.js';

/** The author in the audit of the changes that a person's plan makes. */
export function planAuthor(by: string): string {
  return `plan of ${by}`;
}

/** Starts, shows and changes rollout plans. */
@Injectable()
export class RolloutPlans {
  private readonly logger = new Logger('rollout');

  constructor(
    private readonly stages: Stages,
    private readonly plans: PlanStore,
    private readonly health: HealthSource,
  ) {}

  /** The latest plan of a service. @throws Fault `service.unknown`, `plan.not_found`, `store.unavailable` */
  async of(service: string): Promise<RolloutPlan> {
    return shownPlan(await this.read(service));
  }

  /**
   * Starts a plan: the service moves to its first step in the same write.
   *
   * @throws Fault `service.unknown`, `plan.running`, `plan.illegal`, `plan.unwatched`, `plan.closed`, `stage.held`,
   * `stage.illegal`, `input.invalid`, `store.unavailable`
   */
  async start(service: string, start: RolloutStart, by: string): Promise<RolloutPlan> {
    const { steps, reason } = start;
    const state = this.stages.of(service);
    refuseSecond(await this.plans.get(service), start);
    checkSteps(state, steps);
    this.refuseUnwatched(service, start);
    let plan: PlanDocument | undefined;
    await this.stages.changeWith(service, moveTo(steps[0]!, reason), planAuthor(by), async (from, to) => {
      const earlier = await this.plans.get(service);
      refuseSecond(earlier, start);
      refuseBlocked(from);
      checkSteps(from, steps);
      plan = firstStep(start, to, by);
      return [this.plans.put(plan, earlier)];
    });
    this.plans.changed.next();
    this.logger.log(`${service}: a plan of ${steps.length} steps by ${by}: ${reason}`);
    return shownPlan(plan!);
  }

  /**
   * Pauses, resumes or stops the plan of a service.
   *
   * @throws Fault `service.unknown`, `plan.not_found`, `plan.over`, `plan.closed`, `store.unavailable`
   */
  async change(service: string, { state, reason }: RolloutChange, by: string): Promise<RolloutPlan> {
    const changed = await changeDocuments(async () => {
      const plan = await this.read(service);
      if (isOver(plan))
        throw new Fault('plan.over', { service, state: plan.state, ...(plan.why && { why: plan.why }) });
      if (state === 'running' && plan.state !== 'paused') return plan;
      if (state === 'running' && this.stages.of(service).closed) throw new Fault('plan.closed', { service });
      const { why: _, ...rest } = plan;
      const next: PlanDocument = {
        ...rest,
        state,
        ...(state !== 'running' && { why: `${by}: ${reason}` }),
        changed_by: by,
      };
      await this.plans.save(next, plan);
      return next;
    });
    this.logger.log(`${service}: the plan is ${changed.state} by ${by}: ${reason}`);
    return shownPlan(changed);
  }

  private async read(service: string): Promise<PlanDocument> {
    this.stages.of(service);
    const plan = await this.plans.get(service);
    if (!plan) throw new Fault('plan.not_found', { service });
    return plan;
  }

  private refuseUnwatched(service: string, { steps, unwatched = false }: RolloutStart): void {
    const isAsked = steps.some(({ stage }) => stage === 'canary' || stage === 'socketio');
    if (!unwatched && isAsked && !this.health.isWatched(service)) throw new Fault('plan.unwatched', { service });
  }
}

function refuseSecond(plan: PlanDocument | undefined, { replace = false }: RolloutStart): void {
  if (!plan || replace || isOver(plan)) return;
  const { service, state, step, steps, by, since, reason } = plan;
  throw new Fault('plan.running', { service, state, step, steps: steps.length, by, since, reason });
}

function refuseBlocked(from: StageRecord): void {
  if (from.held) throw heldFault(from);
  if (from.closed) throw new Fault('plan.closed', { service: from.service });
}

function firstStep({ steps, reason, unwatched = false }: RolloutStart, to: StageRecord, by: string): PlanDocument {
  const { service, updated_at: since } = to;
  const change = { audit: to.audit!, at: since };
  const plan: PlanDocument = {
    id: randomUUID(),
    service,
    // Plain objects, as they are when the plan is read.
    steps: steps.map(({ stage, percent, pause_s }) => ({ stage, ...(percent !== undefined && { percent }), pause_s })),
    state: 'running',
    step: 0,
    step_since: since,
    healthy_ms: 0,
    unwatched,
    since,
    by,
    reason,
    audit: change.audit,
  };
  return begunStep(plan, 0, change);
}
