import { camelFields, snakeFields, type CamelKeys, type LegacyCodec } from '@switchyard/contract';
import type { Project } from '../project/project.js';
import { creationEvent, type CreationProgress } from './creation.progress.js';
import type { ProjectCreationTypes } from './project-creation.contract.js';

/** The fields of the old frame in order, because its bytes must not change. */
const FIELDS = [
  'progress_id',
  'status',
  'percentage',
  'step',
  'message',
  'logs',
  'started_at',
  'eta_s',
  'project',
  'error',
  'duration_s',
] as const satisfies readonly (keyof CreationProgress)[];

const PROJECT_FIELDS = [
  'id',
  'title',
  'description',
  'github_repo',
  'created_at',
  'updated_at',
] as const satisfies readonly (keyof Project)[];

/** The progress in an old frame, with the project in camel case. */
type OldProgress = Omit<CamelKeys<CreationProgress>, 'project'> & { project?: CamelKeys<Project> };

function encode(type: string, progress: CreationProgress) {
  const data: object = camelFields(progress, FIELDS);
  const { project } = progress;
  return { type, data: project ? { ...data, project: camelFields(project, PROJECT_FIELDS) } : data };
}

function decode({ project, ...data }: OldProgress): CreationProgress {
  const progress = snakeFields<CreationProgress>(data, FIELDS);
  return project ? { ...progress, project: snakeFields<Project>(project, PROJECT_FIELDS) } : progress;
}

/** The codec of the creation card's old WebSocket: `{type, data}` frames with camel-case fields. */
export const projectCreationLegacy: LegacyCodec<ProjectCreationTypes> = {
  path: '/api/project-creation-progress/:progress_id',
  heartbeat: { every_ms: 1000, frame: ({ now }) => ({ type: 'ping', data: { timestamp: now } }) },
  encodeEvent: ({ event, payload }) => encode(event, payload),
  encodeSnapshot: (snapshot) => [encode(creationEvent(snapshot.status), snapshot)],
  decodeEvent(frame) {
    if (typeof frame === 'string') return undefined;
    const { type, data } = frame as { type?: unknown; data: OldProgress };
    switch (type) {
      case 'ping':
        return { kind: 'alive', at: (data as unknown as { timestamp: string }).timestamp };
      case 'connection_established':
        return { kind: 'alive' };
      case 'project_progress':
      case 'project_completed':
      case 'project_error':
        return { kind: 'event', event: type, payload: decode(data) };
      default:
        return undefined;
    }
  },
  // Projects are created over REST on the old wire.
  encodeCall: () => undefined,
  decodeCall: () => undefined,
  unknownRoom: ({ key }) => ({
    frames: [{ type: 'connection_established', data: { progressId: key, status: 'waiting' } }],
  }),
  project: (event) => event,
  identify: ({ event, payload: { status, step, percentage, logs } }) =>
    `${event} ${status} ${step} ${percentage} ${logs.length}`,
};
