import { Injectable } from '@nestjs/common';
import { OldWireUsage } from '../../cutover/old.wire.usage.js';
import type { ServiceRuntime } from '../../service/service.runtime.js';
import { WireDependencies } from '../wire.dependencies.js';
import type { Wire, WirePlugin } from '../wire.js';
import type { HostedConnection } from './hosted.connection.js';
import { HOSTED, HostedEndpoint } from './hosted.endpoint.js';
import type { HostedHandler } from './hosted.handler.js';

/** The paths that code of the host serves; see `hostUpgrade`. */
@Injectable()
export class HostedWire implements Wire {
  readonly name = HOSTED;
  private readonly endpoints: HostedEndpoint[] = [];
  private readonly wanted = new Map<HostedEndpoint, string>();
  private services: readonly ServiceRuntime[] | undefined;

  constructor(
    private readonly wires: WireDependencies,
    private readonly usage: OldWireUsage,
  ) {}

  /** Lets `handler` serve `path`, as an old wire of the service with this name if it is given. */
  host(path: string, handler: HostedHandler, service: string | undefined): void {
    const endpoint = new HostedEndpoint(path, handler, this.wires);
    if (service !== undefined) this.wanted.set(endpoint, service);
    if (this.services) this.bind(this.services);
    this.wires.router.route(path, (upgrade) => endpoint.accept(upgrade));
    this.endpoints.push(endpoint);
  }

  serve(services: readonly ServiceRuntime[]): void {
    this.services = services;
    this.bind(services);
  }

  path(service: ServiceRuntime): string | undefined {
    return this.endpoints.find((endpoint) => endpoint.service === service)?.path;
  }

  connections(): HostedConnection[] {
    return this.endpoints.flatMap(({ peers }) => [...peers]);
  }

  /** Clients of old code understand no control event. */
  broadcast(): void {}

  close(): void {
    for (const peer of this.connections()) peer.close();
  }

  private bind(services: readonly ServiceRuntime[]): void {
    for (const [endpoint, name] of this.wanted) {
      this.wanted.delete(endpoint);
      const service = services.find(({ contract }) => contract.name === name);
      if (!service) {
        const names = services.map(({ contract }) => contract.name).join(', ') || 'none';
        throw new TypeError(`unable to host ${endpoint.path}; no gateway serves "${name}", the services are: ${names}`);
      }
      endpoint.belongTo(service);
      this.usage.watch(service);
    }
  }
}

/** The wire of the paths that code of the host serves. */
export const hosted: WirePlugin = { type: HostedWire };
