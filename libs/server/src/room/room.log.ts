import { isTerminal, type ServiceContract } from '@switchyard/contract';
import type { Appended, DocumentWrite, NewEntry, RoomStore, StoredEntry } from '../store/store.js';
import type { RoomIndex } from './room.index.js';

/** What a room's log needs from the service and the room around it. */
export interface LogHost {
  readonly contract: ServiceContract;
  readonly rooms: RoomStore;
  readonly records: RoomIndex;
}

/** Appends a room's events to its log; calls must not overlap, the room's queue sees to that. */
export class RoomLog {
  /** Payloads of entries that are being delivered, by offset, so that the process need not parse its own JSON. */
  private readonly payloads = new Map<number, unknown>();

  /** @param deliver called with each appended entry. */
  constructor(
    private readonly room: string,
    private readonly host: LogHost,
    private readonly deliver: (entry: StoredEntry) => Promise<void>,
  ) {}

  /** Appends an event and the domain's writes in one transaction, and delivers the event. */
  async append(
    event: string,
    payload: object,
    writes: readonly DocumentWrite[],
    onlyForUser?: string,
  ): Promise<Appended> {
    const { contract, rooms, records } = this.host;
    const entry: NewEntry = { event, payload: JSON.stringify(payload), at: Date.now(), onlyForUser };
    const isOver = isTerminal(contract, event, payload);
    const all = [...writes, ...records.writesFor(this.room, isOver)];
    const appended = await rooms.append(this.room, entry, contract.keep, all).catch((error: unknown) => {
      records.writesFailed(this.room);
      throw error;
    });
    this.payloads.set(appended.offset, payload);
    try {
      await this.deliver({ ...entry, epoch: appended.epoch, offset: appended.offset });
    } finally {
      this.payloads.delete(appended.offset);
    }
    return appended;
  }

  /** Drops all entries, which begins a new epoch. */
  async clear(): Promise<void> {
    await this.host.rooms.clear(this.room);
  }

  /** Drops the log and its entry in the index of rooms. */
  async forget(): Promise<void> {
    await this.host.rooms.forget(this.room);
    await this.host.records.remove(this.room);
  }

  /** The parsed payload of an entry. */
  payloadOf({ offset, payload }: StoredEntry): unknown {
    return this.payloads.get(offset) ?? JSON.parse(payload);
  }
}
