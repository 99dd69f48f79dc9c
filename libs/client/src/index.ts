export type { WireName } from '@switchyard/contract';
export type { BackoffOptions } from './backoff/backoff.js';
export type { CallLimits } from './call/call.queue.js';
export * from './faults/client.faults.js';
export type { ClockEstimate } from './clock/server.clock.js';
export type { ServiceConnection } from './connection/service.connection.js';
export { randomId, type ClientStorage } from './identity/client.identity.js';
export type { TokenSource } from './identity/token.keeper.js';
export { Realtime } from './realtime/realtime.js';
export type { RealtimeOptions } from './realtime/realtime.options.js';
export type { ConnectionState } from './connection/connection.state.js';
export type { MoveFailure, RealtimeStats } from './statistics/page.statistics.js';
export type { EventMessage, PresenceMessage, RoomMessage, SnapshotMessage } from './room/room.message.js';
export {
  ServiceClient,
  type JoinArguments,
  type RoomKey,
  type ServiceClientOptions,
} from './service/service.client.js';
export { ServiceRoom } from './service/service.room.js';
export type { LegacySocket, LegacySocketClass } from './transport/legacy.socket.js';
export type { TransportFactory } from './transport/transport.factory.js';
export type { RoomSink, Transport, TransportState, WireEvent, WireReply } from './transport/transport.js';
export type { ControlMessage } from '@switchyard/contract';
export { VERSION } from './version/version.js';
