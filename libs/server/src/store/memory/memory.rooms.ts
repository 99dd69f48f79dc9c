import type { Position } from '@switchyard/contract';
import type { Appended, DocumentWrite, NewEntry, ReplayLimit, RoomStore, StoredEntry } from '../store.js';

interface RoomLog {
  epoch: string;
  /** The position before the first entry kept. */
  base: Position;
  entries: StoredEntry[];
}

const DURABLE = Promise.resolve();

/** Room logs in this process's memory; `epoch` names this opening of the store. */
export class MemoryRooms implements RoomStore {
  private readonly logs = new Map<string, RoomLog>();
  /** Counts the rooms that were forgotten or cleared, so that a new log never looks like the old one of the same room. */
  private generation = 0;

  constructor(
    private readonly epoch: string,
    private readonly apply: (writes: readonly DocumentWrite[]) => void,
  ) {}

  async append(room: string, entry: NewEntry, keep: number, writes: readonly DocumentWrite[] = []): Promise<Appended> {
    // First, because it may be refused.
    this.apply(writes);
    let log = this.logs.get(room);
    if (!log) this.logs.set(room, (log = { epoch: this.current(), base: this.origin(), entries: [] }));
    const position = { epoch: log.epoch, offset: this.headOf(log).offset + 1 };
    log.entries.push({ ...entry, ...position });
    this.drop(log, log.entries.length - keep);
    return { ...position, durable: DURABLE };
  }

  head(room: string): Promise<Position> {
    const log = this.logs.get(room);
    return Promise.resolve(log ? this.headOf(log) : this.origin());
  }

  read(room: string, since: Position, limit: ReplayLimit): Promise<StoredEntry[] | undefined> {
    return Promise.resolve(this.entriesAfter(room, since, limit));
  }

  trim(room: string, keep: number): Promise<void> {
    const log = this.logs.get(room);
    if (log) this.drop(log, log.entries.length - keep);
    return Promise.resolve();
  }

  clear(room: string): Promise<Position> {
    this.generation += 1;
    const log = this.logs.get(room);
    const base = { epoch: this.current(), offset: log ? this.headOf(log).offset : 0 };
    if (log) this.logs.set(room, { epoch: base.epoch, base, entries: [] });
    return Promise.resolve(base);
  }

  forget(room: string): Promise<void> {
    if (this.logs.delete(room)) this.generation += 1;
    return Promise.resolve();
  }

  names(): Promise<string[]> {
    return Promise.resolve([...this.logs.keys()]);
  }

  private entriesAfter(room: string, since: Position, limit: ReplayLimit): StoredEntry[] | undefined {
    const log = this.logs.get(room);
    if (!log) return since.offset === 0 && since.epoch === this.current() ? [] : undefined;
    const skip = since.offset - log.base.offset;
    const found = skip === 0 ? log.base : log.entries[skip - 1];
    if (found?.epoch !== since.epoch || log.entries.length - skip > limit.events) return undefined;
    const entries = log.entries.slice(skip);
    const bytes = entries.reduce((sum, { payload }) => sum + Buffer.byteLength(payload), 0);
    return bytes > limit.bytes ? undefined : entries;
  }

  private drop(log: RoomLog, count: number): void {
    if (count <= 0) return;
    const { epoch, offset } = log.entries[count - 1]!;
    log.base = { epoch, offset };
    log.entries.splice(0, count);
  }

  private headOf(log: RoomLog): Position {
    const last = log.entries.at(-1) ?? log.base;
    return { epoch: last.epoch, offset: last.offset };
  }

  private current(): string {
    return `${this.epoch}.${this.generation.toString(36)}`;
  }

  private origin(): Position {
    return { epoch: this.current(), offset: 0 };
  }
}
