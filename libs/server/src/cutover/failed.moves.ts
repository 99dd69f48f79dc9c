import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Caller } from '../caller/caller.js';
import { ServiceRegistry } from '../service/service.registry.js';
import type { WireName } from '@switchyard/contract';
import { clientName } from './client.name.js';
import type { ServiceMoves } from './service.moves.js';

/** The questions of one process to the others. */
const FAILED = 'move-failed';
const RECOVERED = 'move-recovered';

/** A client of a service that could not move, or has moved after all. */
interface FailedMove {
  service: string;
  client: string;
}

/**
 * Counts the clients that reported a failed move. A report comes to any process, the client may have been told by another
 * one, and it may yet arrive in a third: each of them learns of the failure, and the one that told the client counts it.
 */
@Injectable()
export class FailedMoves implements OnModuleInit {
  private readonly services = new Map<string, ServiceMoves>();

  constructor(private readonly registry: ServiceRegistry) {}

  onModuleInit(): void {
    const { questions } = this.registry;
    questions?.answer<FailedMove & { to: WireName }, boolean>(
      FAILED,
      ({ service, client, to }) => this.services.get(service)?.failed(client, to) === 'arrived',
    );
    questions?.answer<FailedMove, null>(RECOVERED, ({ service, client }) => this.recover(service, client));
  }

  /** Follows a service's moves from now on. */
  follow(service: string, moves: ServiceMoves): void {
    this.services.set(service, moves);
  }

  /** A client has reported that it could not move to a wire. */
  async reported(service: string, caller: Caller, to: WireName): Promise<void> {
    const client = clientName(caller);
    // The others are asked once for each client and change.
    if (this.services.get(service)?.failed(client, to) !== 'noted') return;
    const arrived = await this.registry.questions?.ask<boolean>(FAILED, { service, client, to });
    if (!arrived?.includes(true)) return;
    this.recover(service, client);
    this.recovered(service, client);
  }

  /** A client has arrived here after a failure: the process that told it must not count it as failed. */
  recovered(service: string, client: string): void {
    void this.registry.questions?.ask(RECOVERED, { service, client });
  }

  private recover(service: string, client: string): null {
    this.services.get(service)?.recover(client);
    return null;
  }
}
