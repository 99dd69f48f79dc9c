import { PRESENCE_EVENT, type Presence } from '@switchyard/contract';
import type { Delivery } from '../room/delivery.js';
import { PresenceBelief } from './presence.belief.js';

/** How many windows pass after a change without names: sending it to thousands costs much and says little. */
const LARGE_WINDOWS = 2;

/** Makes an event when its turn in the room's queue comes; undefined when there is nothing to send. */
export type MakeEvent = () => Promise<Omit<Delivery, 'position'> | undefined>;

/** The presence around a window. */
export interface WindowHost {
  /** The shortest time between two changes sent to one room, in ms. */
  readonly window_ms: number;
  /** Who is in the room; undefined while the store is not sure. */
  known(room: string): Promise<Presence | undefined>;
  /** Sends to the room's members in this process, in the order of the room's queue. */
  broadcast(room: string, make: MakeEvent): void;
}

/**
 * Tells the members of a room in this process who came and went: the first change at once, later ones together when the
 * window ends, so that a crowd costs each member one message a window and not one for each person.
 */
export class PresenceWindow {
  private readonly belief = new PresenceBelief();
  private readonly connections = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  /** Something changed and the members do not know it yet. */
  private isDue = false;
  private isBroadcasting = false;

  constructor(
    private readonly room: string,
    private readonly host: WindowHost,
  ) {}

  /** Whether no connection of this process is in the room. */
  get isEmpty(): boolean {
    return this.connections.size === 0;
  }

  /** A connection is about to enter. */
  enter(connection: string): void {
    this.connections.add(connection);
  }

  /** A connection got the answer who is there; undefined when the store was away. */
  answered(connection: string, presence: Presence | undefined): void {
    this.belief.answered(connection, presence);
  }

  leave(connection: string): void {
    this.connections.delete(connection);
    this.belief.left(connection);
  }

  /** Somebody may have come or gone, here or in another process. */
  changed(): void {
    this.isDue = true;
    if (this.timer === undefined && !this.isBroadcasting) this.flush();
  }

  /** Sends nothing more. */
  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.connections.clear();
  }

  private flush(): void {
    this.isBroadcasting = true;
    this.host.broadcast(this.room, async () => {
      this.isDue = false;
      const truth = await this.host.known(this.room).catch(() => undefined);
      this.isBroadcasting = false;
      return truth && !this.isEmpty ? this.make(truth) : undefined;
    });
  }

  // Joins of this process wait in the room's queue meanwhile, so no answer comes between the read and the change.
  private make(truth: Presence): Awaited<ReturnType<MakeEvent>> {
    const correction = this.belief.correct(truth);
    if (!correction) {
      if (this.isDue) this.flush();
      return undefined;
    }
    const { change, except } = correction;
    const windows = change.joined ? 1 : LARGE_WINDOWS;
    this.timer = setTimeout(() => this.end(), windows * this.host.window_ms).unref();
    return { event: PRESENCE_EVENT, payload: { room: this.room, ...change }, except };
  }

  private end(): void {
    this.timer = undefined;
    if (this.isDue) this.flush();
  }
}
