/** What a store is written with: the port, and what every store needs to implement it. Imported as `@switchyard/server/store`. */
export { Heartbeat } from './cluster/heartbeat.js';
export { RoomIndex } from './room/room.index.js';
export type {
  Cluster,
  ClusterNode,
  ClusterRooms,
  MessageBus,
  NodeStore,
  Resumption,
  RoomFollower,
} from './store/cluster.js';
export { DocumentConflict, expectedText } from './store/document.conflict.js';
export { joinKey, keyPart, textOfKeyPart } from './store/key.parts.js';
export type { Lease, LeaseStore } from './store/lease.store.js';
export type { ConnectionFollower, ConnectionStore, LimitStore, RateLimit, RateLimiter } from './store/limit.store.js';
export { ProcessLimits } from './store/memory/process.limits.js';
export { leastWait, SlidingWindow } from './store/memory/sliding.window.js';
export { newNodeId } from './store/node.id.js';
export { isPending } from './store/pending.call.js';
export type { Person, PresenceStore } from './store/presence.store.js';
export {
  addCounts,
  checkCounts,
  MAX_COUNTERS,
  MAX_MINUTES,
  type MinuteCounts,
  type SeriesStore,
} from './store/series.store.js';
export type {
  Appended,
  CallRecord,
  CallStore,
  DocumentStore,
  DocumentWrite,
  NewEntry,
  ReplayLimit,
  RoomStore,
  Store,
  StoredEntry,
} from './store/store.js';
