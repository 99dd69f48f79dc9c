import { Inject, Injectable } from '@nestjs/common';
import { Subject } from 'rxjs';
import { Collection } from '../store/collection.js';
import { STORE, type DocumentWrite, type Store } from '../store/store.js';
import { isOver, type PlanDocument } from './plan.document.js';

const PLANS = 'rollout-plans';

/** The latest rollout plan of each service. Each method throws Fault `store.unavailable`. */
@Injectable()
export class PlanStore extends Collection<PlanDocument> {
  /** Emits when a plan was or may have been written, in any process; see `watch`. */
  readonly changed = new Subject<void>();

  constructor(@Inject(STORE) private readonly shared: Store) {
    super(shared, PLANS);
  }

  /** The write that stores a plan. @param read the plan that it takes the place of, undefined when there was none */
  put(plan: PlanDocument, read: PlanDocument | undefined): DocumentWrite {
    return this.write(plan.service, plan, read ?? null);
  }

  /** Stores a plan. @throws DocumentConflict when the store has another one than `read` */
  async save(plan: PlanDocument, read: PlanDocument | undefined): Promise<void> {
    await this.shared.documents.write([this.put(plan, read)]);
    this.changed.next();
  }

  /** Every plan that has not come to its end. */
  async unfinished(): Promise<PlanDocument[]> {
    return (await this.list()).filter((plan) => !isOver(plan));
  }

  /** Reports the writes of other processes from now on, until the returned function is called. */
  async watch(): Promise<() => void> {
    return (await this.shared.cluster?.watch(PLANS, () => this.changed.next())) ?? (() => undefined);
  }
}
