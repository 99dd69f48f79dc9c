import { Injectable, type OnModuleInit } from '@nestjs/common';
import { MAX_DESCRIBED_ROOMS, roomKey } from '@switchyard/contract';
import { ServiceRegistry } from '../service/service.registry.js';

/** The question of one process to the others. */
const QUESTION = 'rooms-in-use';

/** The keys of rooms of a service in one process, each list bounded. */
interface UsedRooms {
  occupied: string[];
  /** Those with an event in the last hour or so, the latest first. */
  recent: string[];
}

/** Names rooms of a service that are in use in any process. */
@Injectable()
export class RoomsInUse implements OnModuleInit {
  constructor(private readonly registry: ServiceRegistry) {}

  onModuleInit(): void {
    this.registry.questions?.answer<string, UsedRooms>(QUESTION, (service) => this.here(service));
  }

  /** The keys of at most `MAX_DESCRIBED_ROOMS` rooms, those with members first. @throws Fault `service.unknown` */
  async of(service: string): Promise<string[]> {
    const all = [this.here(service), ...((await this.registry.questions?.ask<UsedRooms>(QUESTION, service)) ?? [])];
    const keys = [...all.flatMap(({ occupied }) => occupied), ...all.flatMap(({ recent }) => recent)];
    return [...new Set(keys)].slice(0, MAX_DESCRIBED_ROOMS);
  }

  private here(service: string): UsedRooms {
    const { contract, rooms } = this.registry.get(service);
    const recent: string[] = [];
    for (const name of this.registry.retention.records.latest()) {
      if (recent.length === MAX_DESCRIBED_ROOMS) break;
      const key = roomKey(contract, name);
      if (key !== undefined) recent.push(key);
    }
    return { occupied: rooms.occupied().slice(0, MAX_DESCRIBED_ROOMS), recent };
  }
}
