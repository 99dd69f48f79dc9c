import type { DocumentStore, DocumentWrite } from '../store/store.js';

const COLLECTION = 'rooms';
/** A room's record is written again with the first event after this, so that not every event costs two writes. */
const ACCURACY_MS = 3_600_000;
/** Of so many rooms it is remembered when they were written down; one that is not is just written once more. */
const MAX_REMEMBERED = 10_000;
const NONE: readonly DocumentWrite[] = [];

/** What is on record of a room that has a log. */
export interface RoomRecord {
  room: string;
  /** When the event came that wrote it, in Unix ms; later ones may have come within `ACCURACY_MS`. */
  at: number;
  /** Whether that event ended the room. */
  isOver: boolean;
}

/** Rooms as they are on record, so that those an earlier process left are forgotten too when their time has come. */
export class RoomIndex {
  /** When rooms were last written down by this process, in monotonic ms, the longest ago first. */
  private readonly written = new Map<string, number>();

  constructor(
    private readonly documents: DocumentStore,
    readonly accuracy_ms = ACCURACY_MS,
    private readonly most_remembered = MAX_REMEMBERED,
  ) {}

  /** What is to be written with an event of the room, in the same transaction. */
  with(room: string, isOver: boolean): readonly DocumentWrite[] {
    const now = performance.now();
    const last = this.written.get(room);
    if (!isOver && last !== undefined && now - last < this.accuracy_ms) return NONE;
    this.remember(room, now);
    return [{ collection: COLLECTION, id: room, value: { room, at: Date.now(), isOver } satisfies RoomRecord }];
  }

  /** Says that what `with` gave for a room was not written after all. */
  missed(room: string): void {
    this.written.delete(room);
  }

  /** Strikes out a room whose log was forgotten. */
  async strike(room: string): Promise<void> {
    this.written.delete(room);
    await this.documents.write([{ collection: COLLECTION, id: room, value: null }]);
  }

  /** Every room on record, the one written longest ago first. */
  async list(): Promise<RoomRecord[]> {
    const records = await this.documents.list<RoomRecord>(COLLECTION);
    return records.sort((a, b) => a.at - b.at);
  }

  private remember(room: string, now: number): void {
    this.written.delete(room);
    this.written.set(room, now);
    for (const [longest, at] of this.written) {
      if (this.written.size <= this.most_remembered && now - at < this.accuracy_ms) return;
      this.written.delete(longest);
    }
  }
}
