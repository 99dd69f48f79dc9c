export { obstacleIn } from './data.refusal.js';
export { LmdbStore, openLmdbStore, type FreeSpace } from './lmdb.store.js';
