import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import {
  isTerminal,
  type ContractEvent,
  type EventName,
  type EventPayload,
  type ServiceContract,
  type TypesOf,
} from '@switchyard/contract';
import { isOpenTo, type Caller } from '../caller/caller.js';
import type { DocumentWrite } from '../store/store.js';
import { BaseRoomService, type RoomPublish } from '../service/base-room.service.js';
import type { RunStore } from './run.store.js';
import type { Runs } from './runs.js';

/** A stored run that may have an owner; only the owner may enter its room. */
export interface OwnedRun {
  owner?: string;
}

/**
 * The base class of services with long-running work: each room follows a run. `R` is a run as it is stored.
 *
 * When a process dies, another process ends its runs; when a process stops, it ends its own.
 */
export abstract class BaseRunService<C extends ServiceContract, R extends object>
  extends BaseRoomService<C>
  implements OnApplicationBootstrap, OnModuleDestroy
{
  /**
   * @param runs the runs of this process, by the keys of their rooms
   * @param store the stored runs of all processes
   */
  constructor(
    protected readonly runs: Runs,
    protected readonly store: RunStore<R>,
  ) {
    super();
  }

  /** Ends a run whose process died; resolves once the end is published. */
  protected abstract endOrphan(run: R): Promise<unknown>;

  /** Whether the caller owns the run of the room, or the run has no owner. */
  override async authorize(caller: Caller, key: string): Promise<boolean> {
    const run: OwnedRun | undefined = await this.store.get(key);
    return isOpenTo(caller, run?.owner);
  }

  async onApplicationBootstrap(): Promise<void> {
    const { store } = this;
    await this.runs.watchOrphans({
      unfinished: async () => (await store.unfinished()).map((run) => store.keyOf(run)),
      isUnfinished: async (key) => (await store.findUnfinished(key)) !== undefined,
      end: async (key) => {
        const run = await store.findUnfinished(key);
        if (run) await this.endOrphan(run);
      },
    });
  }

  async onModuleDestroy(): Promise<void> {
    await this.runs.close();
  }

  /** Whether an event is the last one of its run; override this if a room outlives its runs. */
  protected isLast({ event, payload }: ContractEvent<TypesOf<C>>): boolean {
    return isTerminal(this.contract, event, payload);
  }

  /**
   * Publishes an event of a run. An event that ends the room is durable when the promise resolves; if the store is away,
   * it is published later.
   *
   * @throws Fault `store.unavailable`, also when another process has ended the run
   */
  protected publishRunEvent<E extends EventName<TypesOf<C>>>(
    key: string,
    event: E,
    payload: EventPayload<TypesOf<C>, E>,
    writes: readonly DocumentWrite[] = [],
  ): Promise<unknown> {
    if (this.contract.events.get(event)?.volatile) return this.publish(key, event, payload, writes);
    // The last event of a room must be durable; if the room goes on, the next run does not wait for the disk.
    const endsRoom = isTerminal(this.contract, event, payload);
    return this.runs.publish<unknown>(key, this.isLast({ event, payload }), () =>
      endsRoom ? this.commit(key, event, payload, writes) : this.publish(key, event, payload, writes),
    );
  }

  /** Returns `publishRunEvent` for one room, to pass to a worker. */
  protected publisherOf(key: string): RoomPublish<TypesOf<C>> {
    return (event, payload, writes) => this.publishRunEvent(key, event, payload, writes);
  }
}
