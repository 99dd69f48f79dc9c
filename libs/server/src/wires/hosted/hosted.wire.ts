import { Injectable } from '@nestjs/common';
import { OldWireUsage } from '../../cutover/old.wire.usage.js';
import type { ServiceRuntime } from '../../service/service.runtime.js';
import { WireDependencies } from '../wire.dependencies.js';
import type { Wire, WirePlugin } from '../wire.js';
import type { HostedConnection } from './hosted.connection.js';
import { HOSTED, HostedEndpoint } from './hosted.endpoint.js';
import { isHostedHandler, type HostedHandler } from './hosted.handler.js';

const refusal = (path: string, reason: string) => new TypeError(`unable to host ${path}; ${reason}`);

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
    if (!isHostedHandler(handler))
      throw refusal(
        path,
        `what serves it is ${handler === null ? 'null' : typeof handler}, and must be an upgrade listener or a server`,
      );
    if (!path.startsWith('/')) throw refusal(path, 'a path begins with /');
    const endpoint = new HostedEndpoint(path, handler, this.wires);
    try {
      this.wires.router.route(path, (upgrade) => endpoint.accept(upgrade));
    } catch (error) {
      throw refusal(path, error instanceof Error ? error.message : String(error));
    }
    this.endpoints.push(endpoint);
    if (service !== undefined) this.wanted.set(endpoint, service);
    if (this.services) this.bind(this.services);
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
        const names = services.map(({ contract }) => contract.name).join(', ');
        const others = names ? `the services are: ${names}` : 'no provider of the application has @ServiceGateway';
        throw refusal(endpoint.path, `no gateway serves "${name}", ${others}`);
      }
      endpoint.belongTo(service);
      this.usage.watch(service);
    }
  }
}

/** The wire of the paths that code of the host serves. */
export const hosted: WirePlugin = { type: HostedWire };
