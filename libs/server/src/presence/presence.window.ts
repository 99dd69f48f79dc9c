import { PRESENCE_EVENT, type Presence } from '@switchyard/contract';
import type { Delivery } from '../room/delivery.js';
import { PresenceBelief } from './presence.belief.js';

/** How many windows a change without names stands for: telling thousands takes a good part of one, and says little. */
const LARGE_WINDOWS = 2;

/** An event made when its turn in the room's queue has come; undefined when there is nothing to tell. */
export type MakeEvent = () => Promise<Omit<Delivery, 'position'> | undefined>;

/** What a window needs of the presence around it. */
export interface WindowHost {
  /** The least time between two changes told in one room, in ms. */
  readonly window_ms: number;
  /** Who is in the room; undefined while that cannot be told for sure. */
  known(room: string): Promise<Presence | undefined>;
  /** Tells the room's members of this process, once what is under way in the room is done. */
  tell(room: string, make: MakeEvent): void;
}

/**
 * Tells the members of one room that this process serves who came and went: of one change at once, of many together
 * when the window ends, so that N who come cost N messages to each for every window and not for every one of them.
 */
export class PresenceWindow {
  private readonly belief = new PresenceBelief();
  private readonly connections = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  /** Something changed that the members were not told of. */
  private isDue = false;
  private isTelling = false;

  constructor(
    private readonly room: string,
    private readonly host: WindowHost,
  ) {}

  /** Whether no connection of this process is in the room. */
  get isEmpty(): boolean {
    return this.connections.size === 0;
  }

  /** A connection is about to be let in. */
  enter(connection: string): void {
    this.connections.add(connection);
  }

  /** A connection is answered with who is there; undefined when nothing could be said. */
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
    if (this.timer === undefined && !this.isTelling) this.flush();
  }

  /** Tells nothing more. */
  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.connections.clear();
  }

  private flush(): void {
    this.isTelling = true;
    this.host.tell(this.room, async () => {
      this.isDue = false;
      const truth = await this.host.known(this.room).catch(() => undefined);
      this.isTelling = false;
      return truth && !this.isEmpty ? this.make(truth) : undefined;
    });
  }

  // Joins of this process wait in the room's queue meanwhile: no answer comes between what was read and what is told.
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
