import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ServiceRegistry } from '../service/service.registry.js';

/** The question of one process to the others. */
const QUESTION = 'connections-by-wire';

/** Open connections, by the name of their wire. */
export type ConnectionsByWire = Record<string, number>;

/** Counts the open connections of a service in all processes. */
@Injectable()
export class ConnectedClients implements OnModuleInit {
  constructor(private readonly registry: ServiceRegistry) {}

  onModuleInit(): void {
    this.registry.questions?.answer<string, ConnectionsByWire>(QUESTION, (service) => this.here(service));
  }

  /** The open connections of a service by wire, over all processes. @throws Fault `service.unknown` */
  async of(service: string): Promise<ConnectionsByWire> {
    const counts = this.here(service);
    for (const others of (await this.registry.questions?.ask<ConnectionsByWire>(QUESTION, service)) ?? []) {
      for (const [wire, count] of Object.entries(others)) counts[wire] = (counts[wire] ?? 0) + count;
    }
    return counts;
  }

  private here(service: string): ConnectionsByWire {
    const counts: ConnectionsByWire = {};
    for (const { wire, connection } of this.registry.get(service).wires.connections()) {
      // Its client is on another wire, where it counts.
      if (connection.caller.isShadow) continue;
      counts[wire.name] = (counts[wire.name] ?? 0) + 1;
    }
    return counts;
  }
}
