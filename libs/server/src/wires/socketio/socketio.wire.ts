import type { ControlMessage } from '@switchyard/contract';
import { Injectable } from '@nestjs/common';
import type { ServiceRuntime } from '../../service/service.runtime.js';
import { SocketIoAdmission } from '../../socketio/socketio.admission.js';
import type { ServiceNamespace } from '../../socketio/socketio.connection.js';
import { SocketIoHost } from '../../socketio/socketio.host.js';
import { WireDependencies } from '../wire.dependencies.js';
import type { Wire, WireConnection, WirePlugin } from '../wire.js';
import { SocketIoService } from './socketio.service.js';

/** The wire of Socket.IO namespaces, one for each service. */
@Injectable()
class SocketIoWire implements Wire {
  readonly name = 'socketio';
  private readonly namespaces: ServiceNamespace[] = [];

  constructor(
    private readonly host: SocketIoHost,
    private readonly admission: SocketIoAdmission,
    private readonly wires: WireDependencies,
  ) {}

  serve(services: readonly ServiceRuntime[]): void {
    for (const service of services) {
      const namespace = this.host.server.of(service.contract.namespace) as unknown as ServiceNamespace;
      this.namespaces.push(namespace);
      service.wires.add(new SocketIoService(namespace, service, this.admission, this.wires));
    }
  }

  path({ contract }: ServiceRuntime): string {
    return contract.namespace;
  }

  /** The engine's connections, each of which carries a client's sockets in all namespaces. */
  connections(): WireConnection[] {
    return this.host.connections();
  }

  broadcast({ event, payload }: ControlMessage): void {
    for (const namespace of this.namespaces) namespace.local.emit(event, payload);
  }

  holds(path: string): boolean {
    return this.host.holds(path);
  }

  close(): void {
    for (const connection of this.host.connections()) connection.close();
  }
}

/** Socket.IO namespaces for all services. */
export const socketio: WirePlugin = { type: SocketIoWire };
