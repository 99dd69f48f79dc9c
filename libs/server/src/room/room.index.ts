import type { DocumentStore, DocumentWrite } from '../store/store.js';

const COLLECTION = 'rooms';
/** A record is this old before an event renews it, so that not every event costs two writes. */
const ACCURACY_MS = 3_600_000;
/** For how many rooms the time of the last write is remembered; a forgotten one is written once more. */
const MAX_REMEMBERED = 10_000;
const NONE: readonly DocumentWrite[] = [];

/** The stored record of a room that has a log. */
export interface RoomRecord {
  room: string;
  /** Unix ms of the event that wrote the record; later events of the room are at most `ACCURACY_MS` later. */
  at: number;
  /** Whether that event ended the room. */
  isOver: boolean;
}

/** The stored list of rooms, from which a new process learns which rooms of earlier processes it has to forget. */
export class RoomIndex {
  /** When this process last wrote each room's record, in monotonic ms, the oldest first. */
  private readonly written = new Map<string, number>();

  constructor(
    private readonly documents: DocumentStore,
    readonly accuracy_ms = ACCURACY_MS,
    private readonly max_remembered = MAX_REMEMBERED,
  ) {}

  /** The writes that belong in the transaction of an event of the room; often none. */
  writesFor(room: string, isOver: boolean): readonly DocumentWrite[] {
    const now = performance.now();
    const last = this.written.get(room);
    if (!isOver && last !== undefined && now - last < this.accuracy_ms) return NONE;
    this.remember(room, now);
    return [{ collection: COLLECTION, id: room, value: { room, at: Date.now(), isOver } satisfies RoomRecord }];
  }

  /** Reports that the writes from `writesFor` failed, so that the next event repeats them. */
  writesFailed(room: string): void {
    this.written.delete(room);
  }

  /** The rooms whose records this process wrote in the last hour or so, the latest first. */
  latest(): string[] {
    return [...this.written.keys()].reverse();
  }

  /** Deletes the record of a room whose log was dropped. */
  async remove(room: string): Promise<void> {
    this.written.delete(room);
    await this.documents.write([{ collection: COLLECTION, id: room, value: null }]);
  }

  /** The records of all rooms, the oldest first. */
  async list(): Promise<RoomRecord[]> {
    const records = await this.documents.list<RoomRecord>(COLLECTION);
    return records.sort((a, b) => a.at - b.at);
  }

  private remember(room: string, now: number): void {
    this.written.delete(room);
    this.written.set(room, now);
    for (const [oldest, at] of this.written) {
      if (this.written.size <= this.max_remembered && now - at < this.accuracy_ms) return;
      this.written.delete(oldest);
    }
  }
}
