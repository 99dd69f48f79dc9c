import type { DocumentStore, DocumentWrite } from '../store/store.js';

const COLLECTION = 'rooms';
/** A room's record is written again with the first event after this, so that not every event costs two writes. */
const ACCURACY_MS = 3_600_000;
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
export class RoomRecords {
  /** When each room was last written down by this process, in monotonic ms. */
  private readonly written = new Map<string, number>();

  constructor(
    private readonly documents: DocumentStore,
    readonly accuracy_ms = ACCURACY_MS,
  ) {}

  /** What is to be written with an event of the room, in the same transaction. */
  with(room: string, isOver: boolean): readonly DocumentWrite[] {
    const now = performance.now();
    const last = this.written.get(room);
    if (!isOver && last !== undefined && now - last < this.accuracy_ms) return NONE;
    this.written.set(room, now);
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
}
