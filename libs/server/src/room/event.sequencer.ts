import type { Position } from '@switchyard/contract';
import type { ClusterRooms, Resumption } from '../store/cluster.js';
import type { ReplayLimit, RoomStore, StoredEntry } from '../store/store.js';
import { isRenewal } from './audience.js';

/** A hole of any length is filled from the log; only entries that the log has lost are given up. */
const NO_LIMIT: ReplayLimit = { events: Infinity, bytes: Infinity };

/** The room that a sequencer works for. */
export interface SequencerHost {
  /** Delivers an entry to all members but those in `except`. */
  release(entry: StoredEntry, except?: ReadonlySet<string>): void;
  /**
   * Prepares snapshots as of the log's head for the members that cannot notice a hole; undefined when the head moved
   * meanwhile. Calling the result hands the snapshots out and returns the ids of the members that got one.
   */
  restart(head: Position): Promise<(() => ReadonlySet<string>) | undefined>;
}

/**
 * Releases a room's entries in log order, each once.
 *
 * Entries may arrive from several processes and in any order. A hole is filled from the log before anything after it is
 * released. A hole that the log cannot fill is given up: members that would not notice it get a snapshot instead.
 * Calls must not overlap; the room's queue sees to that.
 */
export class EventSequencer {
  private delivered: Position | undefined;
  /** Whether the log was lost when it was last read, so that a hole may precede the next entry. */
  private isTorn = false;

  constructor(
    private readonly room: string,
    private readonly rooms: RoomStore,
    private readonly host: SequencerHost,
    private readonly cluster?: Pick<ClusterRooms, 'resume'>,
  ) {}

  /** Releases the entries missing before `entry`, then `entry`. */
  async accept(entry: StoredEntry): Promise<void> {
    if (this.delivered && !this.isNext(entry)) {
      if (this.delivered.epoch === entry.epoch && this.delivered.offset >= entry.offset) return;
      await this.heal(this.delivered, { epoch: entry.epoch, offset: entry.offset - 1 });
    }
    if (!this.delivered || this.isNext(entry)) this.pass(entry);
  }

  /** Releases everything up to the log's head and returns that position. */
  async catchUp(): Promise<Position> {
    const head = await this.rooms.head(this.room);
    if (this.delivered && !isSame(this.delivered, head)) await this.heal(this.delivered, head);
    return (this.delivered ??= head);
  }

  /** Starts again at the log's head, after the log was dropped on purpose. */
  async reset(): Promise<void> {
    this.delivered = undefined;
    this.isTorn = false;
    await this.catchUp();
  }

  private isNext({ epoch, offset }: Position): boolean {
    return !this.isTorn && this.delivered?.epoch === epoch && this.delivered.offset + 1 === offset;
  }

  private async heal(delivered: Position, fallback: Position): Promise<void> {
    const missed = this.isTorn ? undefined : await this.rooms.read(this.room, delivered, NO_LIMIT);
    if (missed) for (const entry of missed) this.pass(entry);
    else await this.giveUp(delivered, fallback);
  }

  // The log may have lost entries that were released, at its end or all of them: resume at the last shared position.
  private async giveUp(delivered: Position, fallback: Position): Promise<void> {
    for (;;) {
      const from = await this.resumption(delivered, fallback);
      const rest = (await this.rooms.read(this.room, from, NO_LIMIT)) ?? [];
      let restarted: ReadonlySet<string> | undefined;
      if (from.between === 'events' || rest.some(isRenewal)) {
        const { epoch, offset } = rest.at(-1) ?? from;
        const restart = await this.host.restart({ epoch, offset });
        if (!restart) continue;
        restarted = restart();
      }
      this.isTorn = from.between === 'unknown';
      this.delivered = { epoch: from.epoch, offset: from.offset };
      for (const entry of rest) this.pass(entry, restarted);
      return;
    }
  }

  private async resumption(delivered: Position, fallback: Position): Promise<Resumption> {
    const from = await this.cluster?.resume(this.room, delivered);
    // Without other processes no event is missing: the room itself cleared or dropped its log.
    if (!from) return { ...fallback, between: 'nothing' };
    if (this.isTorn) return from.between === 'unknown' ? from : { ...from, between: 'events' };
    // Before a room's first event there is nothing that a lost log could have held.
    return from.between === 'unknown' && delivered.offset === 0 ? { ...from, between: 'nothing' } : from;
  }

  private pass(entry: StoredEntry, except?: ReadonlySet<string>): void {
    this.delivered = { epoch: entry.epoch, offset: entry.offset };
    this.host.release(entry, except);
  }
}

function isSame(a: Position, b: Position): boolean {
  return a.epoch === b.epoch && a.offset === b.offset;
}
