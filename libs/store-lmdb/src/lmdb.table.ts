import type { Database } from 'lmdb';
import type { GroupCommit } from './group.commit.js';

/** A row's key: its group, and its member or number within the group. */
export type RowKey = [group: string, member: string | number];

/** LMDB's own limit is 1,978 bytes for the encoded key, where a byte may take two. */
const MAX_KEY_BYTES = 900;

/** One row on its way to the disk; without a value it is removed. */
export interface RowWrite<V = unknown> {
  table: LmdbTable<V>;
  key: RowKey;
  value: V | undefined;
}

/** Whether a key made of these parts can be stored. */
export function isStorable(...[group, member]: RowKey): boolean {
  const most = group.length + (typeof member === 'string' ? member.length : 8);
  return most * 3 <= MAX_KEY_BYTES || Buffer.byteLength(`${group}${member}`) <= MAX_KEY_BYTES;
}

/** A table of the data file whose reads see every write at once, also one that still waits for the disk. */
export class LmdbTable<V> {
  private readonly waiting = new Map<string, Map<string | number, RowWrite<V>>>();

  constructor(
    private readonly database: Database<V, RowKey>,
    private readonly commits: GroupCommit<RowWrite<V>>,
  ) {}

  /** The value of a row. */
  get(group: string, member: string | number): V | undefined {
    const write = this.waiting.get(group)?.get(member);
    return write ? write.value : this.database.get([group, member]);
  }

  /** Writes a row with the next group commit, or removes it; `bytes` is its approximate size. */
  put(group: string, member: string | number, value: V | undefined, bytes = 0): void {
    let members = this.waiting.get(group);
    if (!members) this.waiting.set(group, (members = new Map<string | number, RowWrite<V>>()));
    const write: RowWrite<V> = { table: this, key: [group, member], value };
    members.set(member, write);
    this.commits.add(write, bytes + 100);
  }

  /** The rows of a group by member, in no particular order. */
  rows(group: string): Map<string | number, V> {
    const rows = new Map<string | number, V>();
    for (const { key, value } of this.database.getRange({ start: [group] as unknown as RowKey })) {
      if (key[0] !== group) break;
      rows.set(key[1], value);
    }
    for (const [member, { value }] of this.waiting.get(group) ?? []) {
      if (value === undefined) rows.delete(member);
      else rows.set(member, value);
    }
    return rows;
  }

  /** The values of the rows numbered `from` to `to` of a group, in order. */
  slice(group: string, from: number, to: number): V[] {
    const stored = new Map<string | number, V>();
    for (const { key, value } of this.database.getRange({ start: [group, from], end: [group, to + 1] })) {
      stored.set(key[1], value);
    }
    const waiting = this.waiting.get(group);
    if (!waiting) return [...stored.values()];
    const values: V[] = [];
    for (let member = from; member <= to; member += 1) {
      const write = waiting.get(member);
      const value = write ? write.value : stored.get(member);
      if (value !== undefined) values.push(value);
    }
    return values;
  }

  /** The highest row number of a group on disk; undefined when the group has no row. */
  highest(group: string): number | undefined {
    const [key] = this.database.getKeys({ start: [group, Infinity], end: [group, -1], reverse: true, limit: 1 });
    return key?.[1] as number | undefined;
  }

  /** Hands a write to LMDB, inside one of its transactions. */
  store({ key, value }: RowWrite<V>): void {
    if (value === undefined) void this.database.remove(key);
    else void this.database.put(key, value);
  }

  /** Notes that the write is on disk, where reads find it from now on. */
  stored(write: RowWrite<V>): void {
    const [group, member] = write.key;
    const members = this.waiting.get(group);
    // A later write of the same row still waits.
    if (members?.get(member) !== write) return;
    members.delete(member);
    if (members.size === 0) this.waiting.delete(group);
  }
}
