import { Injectable } from '@nestjs/common';
import type { MultiplexCodec, ServiceTypes } from '@switchyard/contract';
import type { DeclaredWire } from '../../service/declared.wire.js';
import type { ServiceRuntime } from '../../service/service.runtime.js';
import { WebSocketWire } from '../../websocket/websocket.wire.js';
import { MultiplexEndpoint } from './multiplex.endpoint.js';

/** The wire of old WebSockets that carry many rooms each. */
@Injectable()
class MultiplexWire extends WebSocketWire<MultiplexCodec<ServiceTypes>> {
  readonly name = 'multiplex';

  protected endpoint(service: ServiceRuntime, codec: MultiplexCodec<ServiceTypes>): MultiplexEndpoint {
    return new MultiplexEndpoint(service, codec, this.wires);
  }
}

/** Declares an old WebSocket that carries many rooms; our client does not speak it. */
export function multiplex<T extends ServiceTypes>(codec: MultiplexCodec<T>): DeclaredWire<T> {
  return { type: MultiplexWire, codec, isForOurClient: false };
}
