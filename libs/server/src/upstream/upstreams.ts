import { Inject, Injectable } from '@nestjs/common';
import { CredentialExpiry } from '../identity/credential.expiry.js';
import { RunLeases } from '../runs/run.leases.js';
import { ServiceRegistry } from '../service/service.registry.js';
import { STORE, type Store } from '../store/store.js';
import type { UpstreamBehaviour } from './upstream.behaviour.js';
import { UpstreamRooms } from './upstream.rooms.js';

/** The bridges of this process to old servers. */
@Injectable()
export class Upstreams {
  private readonly bridges: UpstreamRooms[] = [];

  constructor(
    private readonly registry: ServiceRegistry,
    @Inject(STORE) private readonly store: Store,
    private readonly leases: RunLeases,
    private readonly credentials: CredentialExpiry,
  ) {}

  /** Begins a bridge for a service. @throws Fault `store.unavailable` */
  async serve(behaviour: UpstreamBehaviour): Promise<UpstreamRooms> {
    const { store, leases, credentials, registry } = this;
    const service = registry.get(behaviour.contract.name);
    const bridge = new UpstreamRooms(service, behaviour, { store, leases, credentials, questions: registry.questions });
    this.bridges.push(bridge);
    await bridge.start();
    return bridge;
  }

  /** Ends all connections to old servers. */
  async close(): Promise<void> {
    await Promise.all(this.bridges.map((bridge) => bridge.close()));
  }
}
