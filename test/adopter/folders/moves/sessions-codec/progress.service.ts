import { defineService, Fault, typedFrames, type LegacyCodec } from '@switchyard/contract';
import { BaseRoomService, Call, legacy, ServiceGateway } from '@switchyard/server';
import { IsString } from 'class-validator';
import jobs from './jobs.js';

interface Job {
  jobId: string;
  revision: number;
}
interface JobList {
  workspace: string;
  jobs: Job[];
}
class Refresh {
  @IsString() workspace: string;
}
class Cancel extends Refresh {
  @IsString() jobId: string;
}
interface ProgressTypes {
  room: { workspace: string };
  calls: { cancel: { payload: Cancel; reply: object }; refresh: { payload: Refresh; reply: JobList } };
  events: { progress: { job: Job } };
  snapshot: JobList;
}

export const progress = defineService<ProgressTypes>()({
  name: 'progress',
  kind: 'log',
  room: { prefix: 'workspace', key: 'workspace' },
  calls: { cancel: {}, refresh: {} },
  events: { progress: {} },
});

export const progressLegacy: LegacyCodec<ProgressTypes> = {
  ...typedFrames(progress, { snapshot: 'init' }),
  path: '/ws/progress',
  keyOf: ({ user }) => user?.id,
  tokenIn: ({ query, cookies }) => query.sessionId || cookies.sid,
  refuse: () => ({
    frames: [{ type: 'error', message: 'Unauthorized' }],
    close: { code: 1008, reason: 'Unauthorized' },
  }),
  unreadable: ({ isJson }) => (isJson ? undefined : { close: { code: 1007, reason: 'Invalid JSON' } }),
  answer: (frame) => (typeof frame === 'object' && frame.type === 'ping' ? { type: 'pong' } : undefined),
  encodeReply: ({ call, payload }, reply) => {
    if (call === 'refresh') return reply.ok ? { type: 'init', ...(reply.data as JobList) } : undefined;
    return reply.ok ? undefined : { type: 'error', message: 'Cannot cancel', jobId: (payload as Cancel).jobId };
  },
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
  cancel({ workspace, jobId }: Cancel) {
    if (!jobs.cancel(workspace, jobId)) throw new Fault('input.invalid');
    return {};
  }
}
