export { openRedisStore, RedisStore, type RedisStoreOptions } from './redis.store.js';
export { RoomPublisher, type RoomPublisherOptions } from './room.publisher.js';
export { socketIoAdapter } from './socketio.adapter.js';
