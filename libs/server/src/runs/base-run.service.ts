import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import {
  isTerminal,
  type ContractEvent,
  type EventName,
  type EventPayload,
  type ServiceContract,
  type TypesOf,
} from '@switchyard/contract';
import type { Runs } from './runs.js';
import type { DocumentWrite } from '../store/store.js';
import { BaseRoomService, type RoomEmit } from '../service/base-room.service.js';

/**
 * The behaviour of a service in whose rooms runs go on: one that died with its process is ended by whoever is there,
 * and this process's own end with it. `R` is what is stored of a run.
 */
export abstract class BaseRunService<C extends ServiceContract, R extends object>
  extends BaseRoomService<C>
  implements OnApplicationBootstrap, OnModuleDestroy
{
  /** @param runs the runs of the service, each under the key of its room. */
  constructor(protected readonly runs: Runs) {
    super();
  }

  /** The runs that are stored as going on, by the keys of their rooms. */
  protected abstract unfinished(): Promise<string[]>;

  /** What is stored of the run of a room; undefined when it is over, or there is none. */
  protected abstract unfinishedRun(key: string): Promise<R | undefined>;

  /** Ends a run that died with its process, and resolves once that is told. */
  protected abstract endOrphan(run: R): Promise<unknown>;

  async onApplicationBootstrap(): Promise<void> {
    await this.runs.keep({
      unfinished: () => this.unfinished(),
      isUnfinished: async (key) => (await this.unfinishedRun(key)) !== undefined,
      end: async (key) => {
        const run = await this.unfinishedRun(key);
        if (run) await this.endOrphan(run);
      },
    });
  }

  async onModuleDestroy(): Promise<void> {
    await this.runs.close();
  }

  /** Whether an event is the last of its run; where a room outlives its runs, the contract does not say. */
  protected isLast(told: ContractEvent<TypesOf<C>>): boolean {
    return isTerminal(this.contract, told.event, told.payload);
  }

  /**
   * Tells a room what its run does; what ends the room is durable when it resolves, and told later if it cannot be now.
   *
   * @throws Fault `store.unavailable`, also when another process has ended the run
   */
  protected tell<E extends EventName<TypesOf<C>>>(
    key: string,
    event: E,
    payload: EventPayload<TypesOf<C>, E>,
    writes: readonly DocumentWrite[] = [],
  ): Promise<unknown> {
    if (this.contract.events.get(event)?.volatile) return this.publish(key, event, payload, writes);
    const told = { event, payload } as ContractEvent<TypesOf<C>>;
    // What ends a room has to be safe; where the room goes on, the next run need not wait for that.
    const isEnd = isTerminal(this.contract, event, payload);
    return this.runs.tell<unknown>(key, this.isLast(told), () =>
      isEnd ? this.commit(key, event, payload, writes) : this.publish(key, event, payload, writes),
    );
  }

  /** `tell` for one room, to be handed to what runs. */
  protected emitTo(key: string): RoomEmit<TypesOf<C>> {
    return (event, payload, writes) => this.tell(key, event, payload, writes);
  }
}
