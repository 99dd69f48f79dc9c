import type { Position } from '@switchyard/contract';
import type { ClusterRooms, Resumption } from '../store/cluster.js';
import type { ReplayLimit, RoomStore, StoredEntry } from '../store/store.js';

/** A gate heals any hole, however long: only what the log no longer has is given up. */
const NO_LIMIT: ReplayLimit = { events: Infinity, bytes: Infinity };

/** What a gate lets out, and whom it asks when it has to give up on a hole. */
export interface GateOutlet {
  /** Lets an entry out to everybody but the members in `except`. */
  release(entry: StoredEntry, except?: ReadonlySet<string>): void;
  /**
   * Prepares snapshots as of the head of the log for the members that cannot see a hole; undefined when that head moved
   * meanwhile. What it resolves to hands them out, and returns whom.
   */
  restart(head: Position): Promise<(() => ReadonlySet<string>) | undefined>;
}

/**
 * Lets a room's entries out in log order, each once.
 *
 * Entries may be handed in from several processes and in any order; a hole is healed from the log before anything
 * after it goes out. A hole that the log cannot fill is given up: members that would not notice get a snapshot in its
 * place. Calls must not overlap: the room's queue sees to that.
 */
export class EventSequencer {
  private delivered: Position | undefined;
  /** Whether the log was gone when it was last looked at, so that what comes next may come after a hole. */
  private isTorn = false;

  constructor(
    private readonly room: string,
    private readonly rooms: RoomStore,
    private readonly outlet: GateOutlet,
    private readonly cluster?: Pick<ClusterRooms, 'resume'>,
  ) {}

  /** Lets `entry` out, and what is missing before it. */
  async accept(entry: StoredEntry): Promise<void> {
    if (this.delivered && !this.isNext(entry)) {
      if (this.delivered.epoch === entry.epoch && this.delivered.offset >= entry.offset) return;
      await this.heal(this.delivered, { epoch: entry.epoch, offset: entry.offset - 1 });
    }
    if (!this.delivered || this.isNext(entry)) this.pass(entry);
  }

  /** Brings the gate to the head of the log and returns that position. */
  async catchUp(): Promise<Position> {
    const head = await this.rooms.head(this.room);
    if (this.delivered && !isSame(this.delivered, head)) await this.heal(this.delivered, head);
    return (this.delivered ??= head);
  }

  /** Takes the log as it is, after it was dropped on purpose. */
  async reset(): Promise<void> {
    this.delivered = undefined;
    this.isTorn = false;
    await this.catchUp();
  }

  private isNext({ epoch, offset }: Position): boolean {
    return !this.isTorn && this.delivered?.epoch === epoch && this.delivered.offset + 1 === offset;
  }

  private async heal(delivered: Position, otherwise: Position): Promise<void> {
    const missed = this.isTorn ? undefined : await this.rooms.read(this.room, delivered, NO_LIMIT);
    if (missed) for (const entry of missed) this.pass(entry);
    else await this.giveUp(delivered, otherwise);
  }

  // What was let out may be gone from the log, with the end of it or all of it; then it goes on from where they part.
  private async giveUp(delivered: Position, otherwise: Position): Promise<void> {
    for (;;) {
      const from = await this.resumption(delivered, otherwise);
      const rest = (await this.rooms.read(this.room, from, NO_LIMIT)) ?? [];
      let told: ReadonlySet<string> | undefined;
      if (from.between === 'events') {
        const { epoch, offset } = rest.at(-1) ?? from;
        const restart = await this.outlet.restart({ epoch, offset });
        if (!restart) continue;
        told = restart();
      }
      this.isTorn = from.between === 'unknown';
      this.delivered = { epoch: from.epoch, offset: from.offset };
      for (const entry of rest) this.pass(entry, told);
      return;
    }
  }

  private async resumption(delivered: Position, otherwise: Position): Promise<Resumption> {
    const from = await this.cluster?.resume(this.room, delivered);
    // Without other processes nothing is missing: the room itself emptied or dropped its log.
    if (!from) return { ...otherwise, between: 'nothing' };
    if (this.isTorn) return from.between === 'unknown' ? from : { ...from, between: 'events' };
    // A room in which nothing has happened yet is no other when its beginning is forgotten.
    return from.between === 'unknown' && delivered.offset === 0 ? { ...from, between: 'nothing' } : from;
  }

  private pass(entry: StoredEntry, except?: ReadonlySet<string>): void {
    this.delivered = { epoch: entry.epoch, offset: entry.offset };
    this.outlet.release(entry, except);
  }
}

function isSame(a: Position, b: Position): boolean {
  return a.epoch === b.epoch && a.offset === b.offset;
}
