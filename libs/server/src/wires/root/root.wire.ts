import { Injectable } from '@nestjs/common';
import { Fault, type RootCodec, type ServiceTypes, type ControlMessage } from '@switchyard/contract';
import type { DeclaredWire } from '../../service/declared.wire.js';
import type { ServiceRuntime } from '../../service/service.runtime.js';
import { isAck, refuse } from '../../socketio/acknowledgement.js';
import { SocketIoAdmission } from '../../socketio/socketio.admission.js';
import type { Connection, ServiceNamespace } from '../../socketio/socketio.connection.js';
import { SocketIoHost } from '../../socketio/socketio.host.js';
import { StageCheck } from '../stage.check.js';
import type { Wire, WireConnection } from '../wire.js';
import { ASKED, ENVELOPE, ROOT, RootService, sendEnveloped } from './root.service.js';

/** The wire of services whose old wire was Socket.IO's root namespace. */
@Injectable()
class RootWire implements Wire {
  readonly name = ROOT;
  private namespace: ServiceNamespace | undefined;

  constructor(
    private readonly host: SocketIoHost,
    private readonly admission: SocketIoAdmission,
    private readonly stages: StageCheck,
  ) {}

  serve(services: readonly ServiceRuntime[]): void {
    const namespace = this.host.server.of('/') as unknown as ServiceNamespace;
    this.namespace = namespace;
    this.admission.guard(namespace, this.name, sendEnveloped);
    namespace.on('connection', (socket) => {
      socket.on(ENVELOPE, (payload: unknown, ack?: unknown) => void this.renew(socket, payload, ack));
      socket.onAny((event: string, ...args: unknown[]) => {
        // The namespace may be shared with gateways of the host, which listen for events of their own.
        if (socket.listenerCount(event) === 0) refuse(socket, new Fault('call.unknown'), args.at(-1));
      });
    });
    for (const service of services) {
      for (const codec of codecsOf(service)) {
        service.wires.add(new RootService(namespace, service, codec, this.stages));
      }
    }
  }

  path(service: ServiceRuntime): string | undefined {
    return codecsOf(service).length > 0 ? '/' : undefined;
  }

  /** None of its own: its sockets are on connections of the Socket.IO engine, which the namespaces' wire has. */
  connections(): WireConnection[] {
    return [];
  }

  broadcast(message: ControlMessage): void {
    this.namespace?.local.to(ASKED).emit(ENVELOPE, { _sy: message });
  }

  close(): void {}

  /** Renews a credential. The names of calls on this namespace are the old wire's, so the request is in the envelope. */
  private async renew(socket: Connection, payload: unknown, ack: unknown): Promise<void> {
    const asked = (payload as { _sy?: { event?: unknown; payload?: unknown } } | null | undefined)?._sy;
    if (asked?.event !== 'reauthenticate' || !isAck(ack)) return;
    ack(await this.admission.reauthenticate(socket, asked.payload));
  }
}

/** Declares Socket.IO's root namespace as an old wire; our client can ask for positions on it. */
export function root<T extends ServiceTypes>(codec: RootCodec<T>): DeclaredWire<T> {
  return { type: RootWire, codec, isForOurClient: true };
}

function codecsOf(service: ServiceRuntime): readonly RootCodec<ServiceTypes>[] {
  return service.wires.codecsOf(RootWire) as readonly RootCodec<ServiceTypes>[];
}
