import { Inject, Injectable } from '@nestjs/common';
import { roomKey, type Position } from '@switchyard/contract';
import { ServiceRegistry } from '../service/service.registry.js';
import { STORE, type ReplayLimit, type Store } from '../store/store.js';

/** An event that a page has just received has few after it. */
const LIMIT: ReplayLimit = { events: 200, bytes: 200_000 };

/** Tells when an event of a room was appended. */
@Injectable()
export class EventTimes {
  constructor(
    private readonly registry: ServiceRegistry,
    @Inject(STORE) private readonly store: Store,
  ) {}

  /** The Unix time of an event in ms; undefined when it is not among the last ones of its room. */
  async of(service: string, { room, epoch, offset }: Position & { room: string }): Promise<number | undefined> {
    if (offset < 1 || roomKey(this.registry.get(service).contract, room) === undefined) return undefined;
    const entries = await this.store.rooms.read(room, { epoch, offset: offset - 1 }, LIMIT).catch(() => undefined);
    const [entry] = entries ?? [];
    return entry?.epoch === epoch && entry.offset === offset ? entry.at : undefined;
  }
}
