import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { REALTIME_OPTIONS, type ResolvedOptions } from '../options/realtime.options.js';
import { ServiceRegistry } from '../service/service.registry.js';
import { Stages } from '../stages/stages.js';
import { OtherChanges } from './other.changes.js';
import { afterLook, isDue } from './plan.clock.js';
import { begunStep, currentStep, isComplete, type PlanDocument } from './plan.document.js';
import { moveTo } from './plan.steps.js';
import { PlanStore } from './plan.store.js';
import { PlanVerdicts } from './plan.verdicts.js';
import { planAuthor } from './rollout.plans.js';

/** How many looks may be lost when this process dies. */
const SAVE_EVERY_LOOKS = 2;
/** The longest time between two looks that counts, in ms; a process that slept for longer saw nothing. */
const MAX_LOOK_MS = 3000;

const CONFLICT = 'store.conflict';

/** A plan as this process follows it. */
interface Followed {
  /** As the store has it. */
  stored: PlanDocument;
  /** The same with what is not stored yet. */
  plan: PlanDocument;
  /** When the service was last seen healthy, in monotonic ms; undefined when it was not at the last look. */
  healthyAt: number | undefined;
}

/** Follows plans: counts how long their services are healthy, and makes the next step. */
@Injectable()
export class PlanFollower {
  private readonly logger = new Logger('rollout');
  private readonly followed = new Map<string, Followed>();
  /** How much healthy time may be lost when this process dies, in ms. */
  private readonly saveEvery_ms: number;

  constructor(
    private readonly registry: ServiceRegistry,
    private readonly stages: Stages,
    private readonly plans: PlanStore,
    private readonly changes: OtherChanges,
    private readonly verdicts: PlanVerdicts,
    @Inject(REALTIME_OPTIONS) { planLookMs }: Pick<ResolvedOptions, 'planLookMs'>,
  ) {
    this.saveEvery_ms = planLookMs * SAVE_EVERY_LOOKS;
  }

  /**
   * Looks at one plan that is not over, as it was just read.
   *
   * @throws Fault `store.unavailable`
   */
  async look(stored: PlanDocument): Promise<void> {
    if (!this.registry.all().some(({ contract }) => contract.name === stored.service)) return;
    const followed = this.follow(stored);
    try {
      followed.plan = await this.changes.applyTo(followed.plan);
      if (['running', 'waiting'].includes(followed.plan.state)) await this.goOn(followed);
      if (this.mustSave(followed)) await this.save(followed);
    } catch (error) {
      this.followed.delete(stored.service);
      // Somebody else was quicker: the next look sees what they did.
      if (error instanceof Fault && error.code === CONFLICT) return;
      if (!(error instanceof Fault) || error.status >= 500) throw error;
      await this.save({ ...followed, plan: { ...followed.plan, state: 'stopped', why: error.message } });
    }
  }

  /** Forgets what was not stored. */
  forget(): void {
    this.followed.clear();
  }

  /** Forgets plans that are over or followed by another process. */
  keepOnly(plans: readonly PlanDocument[]): void {
    for (const service of this.followed.keys()) {
      if (!plans.some((plan) => plan.service === service)) this.followed.delete(service);
    }
  }

  /** Stores what was not stored yet, as far as that is possible. */
  async close(): Promise<void> {
    for (const followed of this.followed.values()) {
      if (!isDeepStrictEqual(followed.plan, followed.stored)) await this.save(followed).catch(() => undefined);
    }
    this.followed.clear();
  }

  private follow(stored: PlanDocument): Followed {
    const known = this.followed.get(stored.service);
    if (known && isDeepStrictEqual(known.stored, stored)) return known;
    const followed: Followed = { stored, plan: stored, healthyAt: undefined };
    this.followed.set(stored.service, followed);
    return followed;
  }

  private async goOn(followed: Followed): Promise<void> {
    const verdict = await this.verdicts.of(followed.plan);
    const now = performance.now();
    const counted = followed.healthyAt === undefined ? 0 : Math.min(now - followed.healthyAt, MAX_LOOK_MS);
    followed.healthyAt = verdict.state === 'healthy' ? now : undefined;
    followed.plan = afterLook(followed.plan, verdict, counted);
    if (isComplete(followed.plan)) followed.plan = { ...followed.plan, state: 'done' };
    else if (isDue(followed.plan)) await this.advance(followed);
  }

  /** Moves the service to the next step; the stage and the plan are written together or not at all. */
  private async advance({ stored, plan }: Followed): Promise<void> {
    const { service, step, reason, by } = plan;
    const move = moveTo(plan.steps[step + 1]!, reason);
    await this.stages.changeWith(service, move, planAuthor(by), async (from, to) => {
      const isUnchanged = from.audit === plan.audit && isDeepStrictEqual(await this.plans.get(service), stored);
      if (!isUnchanged) throw new Fault(CONFLICT);
      return [this.plans.put(begunStep(plan, step + 1, { audit: to.audit!, at: to.updated_at }), stored)];
    });
    this.followed.delete(service);
    this.plans.changed.next();
  }

  private mustSave({ stored, plan }: Followed): boolean {
    const isSame = isDeepStrictEqual({ ...plan, healthy_ms: 0 }, { ...stored, healthy_ms: 0 });
    return !isSame || plan.healthy_ms < stored.healthy_ms || plan.healthy_ms - stored.healthy_ms >= this.saveEvery_ms;
  }

  private async save(followed: Followed): Promise<void> {
    const { plan, stored } = followed;
    await this.plans.save(plan, stored);
    followed.stored = plan;
    if (plan.state !== stored.state) {
      const { stage } = currentStep(plan);
      this.logger.log(`${plan.service}: the plan is ${plan.state} at ${stage}${plan.why ? `: ${plan.why}` : ''}`);
    }
  }
}
