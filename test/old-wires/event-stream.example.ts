import { defineService, isPosition, type StreamCodec } from '@switchyard/contract';
import { BaseRoomService, ServiceGateway, eventStream } from '@switchyard/server';

export interface JobTypes {
  room: { job_id: string };
  calls: Record<never, never>;
  events: { progressed: { percent: number }; noted: { text: string } };
  snapshot: { percent: number };
}

export const jobs = defineService<JobTypes>()({
  name: 'jobs',
  kind: 'log',
  room: { prefix: 'job', key: 'job_id' },
  join: 'join_job',
  leave: 'leave_job',
  snapshot: 'job_state',
  calls: {},
  events: { progressed: {}, noted: {} },
});

/** The old path: the events `progress` and `note`, with ids such as `17-4f2a.0`. */
export const jobStream: StreamCodec<JobTypes> = {
  path: '/api/jobs/:job_id/events',
  retry_ms: 200,
  encodeId: ({ epoch, offset }) => `${offset}-${epoch}`,
  decodeId(id) {
    const [, offset, epoch] = /^(\d+)-(.+)$/.exec(id) ?? [];
    const position = { epoch, offset: Number(offset) };
    return isPosition(position) ? position : undefined;
  },
  encodeSnapshot: ({ percent }) => [{ event: 'progress', data: { percent } }],
  encodeEvent: ({ event, payload }) =>
    event === 'progressed' ? { event: 'progress', data: payload } : { event: 'note', data: payload.text },
  encodeError: ({ code }) => ({ event: 'problem', data: code }),
};

@ServiceGateway(jobs, { wires: [eventStream(jobStream)] })
export class JobsGateway extends BaseRoomService<typeof jobs> {
  readonly jobs = new Map<string, number>();

  override snapshot(key: string) {
    const percent = this.jobs.get(key);
    return percent === undefined ? undefined : { percent };
  }

  progress(key: string, percent: number) {
    this.jobs.set(key, percent);
    return this.commit(key, 'progressed', { percent });
  }

  note(key: string, text: string) {
    return this.commit(key, 'noted', { text });
  }
}
