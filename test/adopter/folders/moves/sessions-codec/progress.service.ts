import { defineService, Fault, type LegacyCodec } from '@switchyard/contract';
import { BaseRoomService, Call, legacy, ServiceGateway } from '@switchyard/server';
import { IsString } from 'class-validator';
import jobs from './jobs.js';

interface Job {
  jobId: string;
  revision: number;
  percent: number;
  state: string;
}
interface JobList {
  workspace: string;
  jobs: Job[];
}
class Cancel {
  @IsString() jobId: string;
}
class Refresh {
  @IsString() workspace: string;
}
interface ProgressTypes {
  room: { workspace: string };
  calls: { cancel: { payload: Cancel; reply: { jobId: string } }; refresh: { payload: Refresh; reply: JobList } };
  events: { progress: { job: Job } };
  snapshot: JobList;
}

export const progress = defineService<ProgressTypes>()({
  name: 'progress',
  kind: 'log',
  room: { prefix: 'workspace', key: 'workspace' },
  join: 'join_workspace',
  leave: 'leave_workspace',
  snapshot: 'workspace_jobs',
  calls: { cancel: {}, refresh: {} },
  events: { progress: {} },
});

const unauthorized = {
  frames: [{ type: 'error', message: 'Unauthorized' }],
  close: { code: 1008, reason: 'Unauthorized' },
};

export const progressLegacy: LegacyCodec<ProgressTypes> = {
  path: '/ws/progress',
  keyOf: ({ user }) => user?.id,
  tokenIn: ({ query, cookies }) => query.sessionId || cookies.sid,
  refuse: () => unauthorized,
  unknownRoom: () => unauthorized,
  unreadable: ({ isJson }) => (isJson ? undefined : { close: { code: 1007, reason: 'Invalid JSON' } }),
  encodeSnapshot: (list) => [{ type: 'init', ...list }],
  encodeEvent: ({ payload }) => ({ type: 'progress', ...payload }),
  decodeEvent(frame) {
    if (typeof frame === 'string') return undefined;
    const { type, ...payload } = frame;
    if (type === 'init') return { kind: 'snapshot', payload: payload as unknown as JobList };
    return type === 'progress' ? { kind: 'event', event: 'progress', payload: payload as { job: Job } } : undefined;
  },
  encodeCall: ({ call, payload }) => ({ type: call, ...payload }),
  decodeCall(frame, { key }) {
    if (typeof frame === 'string') throw new Fault('input.invalid');
    if (frame.type === 'refresh') return { call: 'refresh', payload: { workspace: key } };
    return frame.type === 'cancel' ? { call: 'cancel', payload: { jobId: String(frame.jobId) } } : undefined;
  },
  answer: (frame) => (typeof frame === 'object' && frame.type === 'ping' ? { type: 'pong' } : undefined),
  encodeReply: ({ call, payload }, reply) => {
    if (call === 'refresh') return reply.ok ? { type: 'init', ...(reply.data as JobList) } : undefined;
    return reply.ok ? undefined : { type: 'error', message: 'Cannot cancel', jobId: (payload as Cancel).jobId };
  },
  project: (event) => event,
};

@ServiceGateway(progress, { wires: [legacy(progressLegacy)] })
export class ProgressGateway extends BaseRoomService<typeof progress> {
  constructor() {
    super();
    jobs.on('progress', (workspace: string, job: Job) => void this.publish(workspace, 'progress', { job }));
  }

  override snapshot(workspace: string) {
    return { workspace, jobs: jobs.list(workspace) };
  }

  @Call('refresh')
  refresh({ workspace }: Refresh) {
    return this.snapshot(workspace);
  }

  @Call('cancel')
  cancel({ jobId }: Cancel) {
    const workspace = ['blue', 'red'].find((name) => jobs.list(name).some((job: Job) => job.jobId === jobId));
    if (!jobs.cancel(workspace, jobId)) throw new Fault('input.invalid');
    return { jobId };
  }
}
