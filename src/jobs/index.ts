export * from './claims.js';
export * from './job.queue.js';
export * from './jobs.module.js';
