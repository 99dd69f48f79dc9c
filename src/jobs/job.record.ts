import type { DocumentWrite } from '@switchyard/server';
import type { Job } from './job.queue.js';

/** A job as it is stored until it has ended; times are Unix ms. */
export interface JobRecord extends Job<object> {
  state: 'queued' | 'running';
  backoffMs: number;
  enqueued_at: number;
  /** When it may be tried; later than `enqueued_at` after a failed try. */
  due_at: number;
}

/** The collection of a name's jobs. */
export function jobsOf(name: string): string {
  return `jobs:${name}`;
}

/** The write that keeps a job. */
export function putJob(name: string, record: JobRecord): DocumentWrite {
  return { collection: jobsOf(name), id: record.id, value: record };
}

/** The write that forgets a job. */
export function dropJob(name: string, id: string): DocumentWrite {
  return { collection: jobsOf(name), id, value: null };
}
