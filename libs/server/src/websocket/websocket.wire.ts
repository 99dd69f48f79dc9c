import type { ControlMessage } from '@switchyard/contract';
import { Injectable } from '@nestjs/common';
import type { ServiceRuntime } from '../service/service.runtime.js';
import { timerMs } from '../timer/long.timer.js';
import { WireDependencies } from '../wires/wire.dependencies.js';
import type { Wire, WireType } from '../wires/wire.js';
import { COME_BACK, type WebSocketConnection } from './websocket.connection.js';
import type { WebSocketEndpoint } from './websocket.endpoint.js';

/** A wire of old WebSocket endpoints, one for each codec that a gateway declares for it. */
@Injectable()
export abstract class WebSocketWire<C extends { path: string }> implements Wire {
  abstract readonly name: string;
  private readonly endpoints: WebSocketEndpoint<WebSocketConnection>[] = [];
  private watch: NodeJS.Timeout | undefined;

  constructor(protected readonly wires: WireDependencies) {}

  serve(services: readonly ServiceRuntime[]): void {
    for (const service of services) {
      for (const codec of this.codecsOf(service)) {
        const endpoint = this.endpoint(service, codec);
        service.wires.add(endpoint);
        this.wires.router.route(codec.path, (upgrade) => endpoint.accept(upgrade));
        this.endpoints.push(endpoint);
      }
    }
    const every_ms = timerMs(this.wires.options.pingIntervalMs);
    this.watch = setInterval(() => this.connections().forEach((peer) => peer.probe()), every_ms);
    this.watch.unref();
  }

  path(service: ServiceRuntime): string | undefined {
    return this.codecsOf(service)[0]?.path;
  }

  connections(): WebSocketConnection[] {
    return this.endpoints.flatMap(({ peers }) => [...peers.values()]);
  }

  broadcast(message: ControlMessage): void {
    for (const peer of this.connections()) peer.control(message);
  }

  close(): void {
    clearInterval(this.watch);
    for (const endpoint of this.endpoints) endpoint.closePending(COME_BACK, 'service restart');
    for (const peer of this.connections()) peer.close(COME_BACK, 'service restart');
  }

  protected abstract endpoint(service: ServiceRuntime, codec: C): WebSocketEndpoint<WebSocketConnection>;

  private codecsOf(service: ServiceRuntime): readonly C[] {
    return service.wires.codecsOf(this.constructor as WireType) as readonly C[];
  }
}
