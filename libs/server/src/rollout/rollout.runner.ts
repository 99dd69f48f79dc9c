import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { merge, Subscription } from 'rxjs';
import { REALTIME_OPTIONS, type ResolvedOptions } from '../options/realtime.options.js';
import { RunLeases } from '../runs/run.leases.js';
import { Stages } from '../stages/stages.js';
import { PlanFollower } from './plan.follower.js';
import { PlanOwnership } from './plan.ownership.js';
import { PlanStore } from './plan.store.js';

/** Advances the rollout plans of all services, in one process at a time. */
@Injectable()
export class RolloutRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('rollout');
  private readonly ownership: PlanOwnership;
  private readonly subscriptions = new Subscription();
  private timer: NodeJS.Timeout | undefined;
  private unwatch: (() => void) | undefined;
  private looking: Promise<void> | undefined;
  /** Whether a plan may have begun since the last look. */
  private mayHaveBegun = true;
  private hasPlans = false;
  private isFailing = false;
  private isClosed = false;

  constructor(
    private readonly plans: PlanStore,
    private readonly stages: Stages,
    private readonly follower: PlanFollower,
    leases: RunLeases,
    @Inject(REALTIME_OPTIONS) private readonly options: Pick<ResolvedOptions, 'planLookMs'>,
  ) {
    this.ownership = new PlanOwnership(leases);
  }

  onApplicationBootstrap(): void {
    this.subscriptions.add(this.plans.changed.subscribe(() => (this.mayHaveBegun = true)));
    // A person's change is met at once, not with the next look.
    this.subscriptions.add(merge(this.stages.changes$, this.plans.changed).subscribe(() => void this.look()));
    this.timer = setInterval(() => void this.look(), this.options.planLookMs).unref();
    void this.look();
  }

  /** Stores how far the plans are, and lets another process go on. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isClosed = true;
    clearInterval(this.timer);
    this.subscriptions.unsubscribe();
    this.unwatch?.();
    await this.looking;
    await this.follower.close();
    this.ownership.release();
  }

  /** Looks at all plans, unless a look is under way or there is none; never rejects. */
  private async look(): Promise<void> {
    if (this.isClosed || this.looking || !(this.hasPlans || this.mayHaveBegun)) return;
    this.looking = this.lookAtAll().catch((error: unknown) => this.failed(error));
    await this.looking;
    this.looking = undefined;
  }

  private async lookAtAll(): Promise<void> {
    this.unwatch ??= await this.plans.watch();
    this.mayHaveBegun = false;
    const plans = await this.plans.unfinished();
    this.hasPlans = plans.length > 0;
    if (!this.hasPlans) this.ownership.release();
    const followed = this.hasPlans && (await this.ownership.take()) ? plans : [];
    this.follower.keepOnly(followed);
    for (const plan of followed) await this.follower.look(plan);
    this.isFailing = false;
  }

  private failed(error: unknown): void {
    // What was seen before the store went away says nothing about the time without it.
    this.follower.forget();
    this.mayHaveBegun = true;
    if (!this.isFailing) this.logger.warn(`unable to look at the rollout plans; ${String(error)}; trying again`);
    this.isFailing = true;
  }
}
