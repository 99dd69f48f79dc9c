export * from './base-job.service.js';
export * from './job.queue.js';
export * from './jobs.module.js';
