import { Injectable } from '@nestjs/common';
import type { LegacyCodec, ServiceTypes } from '@switchyard/contract';
import type { DeclaredWire } from '../../service/declared.wire.js';
import type { ServiceRuntime } from '../../service/service.runtime.js';
import { WebSocketWire } from '../../websocket/websocket.wire.js';
import { LegacyEndpoint } from './legacy.endpoint.js';

/** The wire of old WebSockets whose path names a room; our client can ask for positions on it. */
@Injectable()
export class LegacyWire extends WebSocketWire<LegacyCodec<ServiceTypes>> {
  readonly name = 'legacy';

  protected endpoint(service: ServiceRuntime, codec: LegacyCodec<ServiceTypes>): LegacyEndpoint {
    return new LegacyEndpoint(service, codec, this.wires);
  }
}

/** Declares an old WebSocket whose path names a room. */
export function legacy<T extends ServiceTypes>(codec: LegacyCodec<T>): DeclaredWire<T> {
  return { type: LegacyWire, codec, isForOurClient: true };
}
