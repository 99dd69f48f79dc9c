import type { Position } from '@switchyard/contract';
import type { Appended, DocumentWrite, NewEntry, ReplayLimit, RoomStore, StoredEntry } from '@switchyard/server/store';
import type { GroupCommit } from './group.commit.js';
import type { LmdbDocuments } from './lmdb.documents.js';
import { isStorable, type LmdbTable, type RowWrite } from './lmdb.table.js';

/** An entry on disk; its offset is in its key. */
export type EntryRow = [epoch: string, at: number, event: string, payload: string, onlyForUser?: string];

/** The position before a room's first entry on disk. */
export type BaseRow = [epoch: string, offset: number];

/** The group of the table of rooms that holds their bases. */
const BASES = 'base';
/** A room's surplus entries are removed together, once there are this many. */
const TRIM_BATCH = 64;
/** How many rooms have their head in memory; the least recently used one makes space. */
const MAX_HEADS = 10_000;

/** A recently used room, as it is kept in memory. */
interface RoomHead {
  head: Position;
  /** The position before the first entry on disk. */
  base: Position;
  /** Entries up to here are no longer kept, though they may be on disk. */
  floor: number;
  /** The epoch of the next entry. */
  epoch: string;
  /** The last group commit with a write of this room. */
  group: number;
}

/** The tables that hold rooms. */
export interface RoomTables {
  entries: LmdbTable<EntryRow>;
  bases: LmdbTable<BaseRow>;
  documents: LmdbDocuments;
}

/** Room logs: offsets are assigned in memory, and entries reach the disk with the next group commit. */
export class LmdbRooms implements RoomStore {
  private readonly heads = new Map<string, RoomHead>();
  /** Counts the rooms that were forgotten or cleared, so that a new log never looks like the old one of the same room. */
  private generation = 0;

  constructor(
    private readonly tables: RoomTables,
    private readonly commits: GroupCommit<RowWrite>,
    /** The epoch of this opening of the store. */
    private readonly epoch: string,
    private readonly most_heads = MAX_HEADS,
  ) {}

  async append(room: string, entry: NewEntry, keep: number, writes: readonly DocumentWrite[] = []): Promise<Appended> {
    const prepared = this.tables.documents.prepare(writes);
    this.commits.check();
    this.tables.documents.check(prepared);
    const log = this.find(room) ?? this.begin(room);
    const { epoch } = log;
    const offset = log.head.offset + 1;
    const { event, payload, at, onlyForUser } = entry;
    const row: EntryRow = [epoch, at, event, payload];
    if (onlyForUser !== undefined) row.push(onlyForUser);
    this.tables.entries.put(room, offset, row, payload.length);
    log.head = { epoch, offset };
    this.tables.documents.apply(prepared);
    log.floor = Math.max(log.floor, offset - keep);
    if (log.floor - log.base.offset >= TRIM_BATCH) this.removeUpTo(room, log, log.floor);
    log.group = this.commits.filling;
    return { epoch, offset, durable: this.commits.flushed() };
  }

  async head(room: string): Promise<Position> {
    return { ...(this.find(room)?.head ?? this.origin()) };
  }

  async read(room: string, since: Position, limit: ReplayLimit): Promise<StoredEntry[] | undefined> {
    const log = this.find(room);
    if (!log) return since.offset === 0 && since.epoch === this.current() ? [] : undefined;
    const count = log.head.offset - since.offset;
    if (count < 0 || count > limit.events || this.epochAt(room, log, since.offset) !== since.epoch) return undefined;
    const rows = this.tables.entries.slice(room, since.offset + 1, log.head.offset);
    const bytes = rows.reduce((sum, [, , , payload]) => sum + Buffer.byteLength(payload), 0);
    if (bytes > limit.bytes || rows.length !== count) return undefined;
    return rows.map(([epoch, at, event, payload, onlyForUser], index) => {
      return { event, onlyForUser, payload, at, epoch, offset: since.offset + 1 + index };
    });
  }

  async trim(room: string, keep: number): Promise<void> {
    this.commits.check();
    const log = this.find(room);
    if (!log) return;
    log.floor = Math.max(log.floor, log.head.offset - keep);
    this.removeUpTo(room, log, log.floor);
    await this.commits.flushed();
  }

  async clear(room: string): Promise<Position> {
    this.commits.check();
    const log = this.find(room);
    this.generation += 1;
    if (!log) return this.origin();
    this.removeUpTo(room, log, log.head.offset);
    log.epoch = this.current();
    log.head = { epoch: log.epoch, offset: log.head.offset };
    this.rebase(room, log, log.head);
    await this.commits.flushed();
    return { ...log.head };
  }

  async forget(room: string): Promise<void> {
    this.commits.check();
    const log = this.find(room);
    if (!log) return;
    this.generation += 1;
    this.removeUpTo(room, log, log.head.offset);
    this.tables.bases.put(BASES, room, undefined);
    this.heads.delete(room);
    await this.commits.flushed();
  }

  async names(): Promise<string[]> {
    return [...this.tables.bases.rows(BASES).keys()].map(String);
  }

  private find(room: string): RoomHead | undefined {
    let log = this.heads.get(room);
    if (log) this.heads.delete(room);
    else if (!(log = this.load(room))) return undefined;
    this.heads.set(room, log);
    return log;
  }

  // A room without a head in memory has no write waiting for the disk, so the disk has all of it.
  private load(room: string): RoomHead | undefined {
    const row = this.tables.bases.get(BASES, room);
    if (!row) return undefined;
    this.makeSpace();
    const base = { epoch: row[0], offset: row[1] };
    const offset = this.tables.entries.highest(room) ?? base.offset;
    const log = { base, head: base, floor: base.offset, epoch: this.current(), group: 0 };
    if (offset > base.offset) log.head = { epoch: this.tables.entries.get(room, offset)![0], offset };
    return log;
  }

  private begin(room: string): RoomHead {
    if (!isStorable(room, 0))
      throw new TypeError('unable to keep the log of a room; its name is longer than a key can be');
    this.makeSpace();
    const base = this.origin();
    const log = { base, head: base, floor: 0, epoch: base.epoch, group: this.commits.filling };
    this.heads.set(room, log);
    this.rebase(room, log, base);
    return log;
  }

  private makeSpace(): void {
    for (const [room, { group }] of this.heads) {
      if (this.heads.size < this.most_heads) return;
      if (group <= this.commits.onDisk) this.heads.delete(room);
    }
  }

  private removeUpTo(room: string, log: RoomHead, floor: number): void {
    const from = log.base.offset;
    if (floor <= from) return;
    const base = { epoch: this.epochAt(room, log, floor)!, offset: floor };
    this.rebase(room, log, base);
    for (let offset = from + 1; offset <= floor; offset += 1) this.tables.entries.put(room, offset, undefined);
  }

  private rebase(room: string, log: RoomHead, base: Position): void {
    log.base = base;
    log.floor = Math.max(log.floor, base.offset);
    log.group = this.commits.filling;
    this.tables.bases.put(BASES, room, [base.epoch, base.offset]);
  }

  private epochAt(room: string, { head, base, floor }: RoomHead, offset: number): string | undefined {
    if (offset === head.offset) return head.epoch;
    if (offset < floor) return undefined;
    return offset === base.offset ? base.epoch : this.tables.entries.get(room, offset)?.[0];
  }

  private current(): string {
    return `${this.epoch}.${this.generation.toString(36)}`;
  }

  private origin(): Position {
    return { epoch: this.current(), offset: 0 };
  }
}
