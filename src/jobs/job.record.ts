import type { DocumentWrite } from '@switchyard/server';
import type { Job } from './job.queue.js';

/** A stored job; it is deleted when it has ended. Times are Unix ms. */
export interface JobRecord extends Job<object> {
  state: 'queued' | 'running';
  backoffMs: number;
  enqueued_at: number;
  /** When the next try may begin; after a failed try this is later than `enqueued_at`. */
  due_at: number;
}

/** Returns the name of the collection of a queue's jobs. */
export function jobsOf(name: string): string {
  return `jobs:${name}`;
}

/** Returns the write that stores a job. */
export function putJob(name: string, record: JobRecord): DocumentWrite {
  return { collection: jobsOf(name), id: record.id, value: record };
}

/** Returns the write that deletes a job. */
export function dropJob(name: string, id: string): DocumentWrite {
  return { collection: jobsOf(name), id, value: null };
}
