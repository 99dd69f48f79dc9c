export * from './fake.transport.js';
export * from './fake.realtime.js';
