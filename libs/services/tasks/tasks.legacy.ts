import { pickFields, type ContractEvent, type LegacyCodec, type LegacyContext } from '@switchyard/contract';
import type { Task } from './task.js';
import type { TaskRef } from './task.list.js';
import type { TaskTypes } from './tasks.contract.js';

/** The fields of the old frame in order, because its bytes must not change. */
const FIELDS = [
  'id',
  'project_id',
  'title',
  'description',
  'status',
  'assignee',
  'task_order',
  'feature',
  'version',
  'created_at',
  'updated_at',
  'archived',
] as const satisfies readonly (keyof Task)[];

const REF_FIELDS = ['id', 'project_id'] as const;

type TaskEvent = ContractEvent<TaskTypes>;

/** Reduces an event to the old wire's fields; a new order has no frame. */
function project(event: TaskEvent): TaskEvent | undefined {
  switch (event.event) {
    case 'tasks_reordered':
      return undefined;
    case 'task_archived':
      return { event: event.event, payload: pickFields(event.payload, REF_FIELDS) };
    default:
      return { event: event.event, payload: pickFields(event.payload, FIELDS) };
  }
}

const established = ({ now }: LegacyContext) => ({ type: 'connection_established', data: { timestamp: now } });
const initial = (project_id: string, { session_id }: LegacyContext, tasks: readonly Task[]) => ({
  type: 'initial_tasks',
  data: { project_id, session_id, tasks: tasks.map((task) => pickFields(task, FIELDS)) },
});

/** The codec of the task board's old WebSocket, one socket for each project. */
export const tasksLegacy: LegacyCodec<TaskTypes> = {
  path: '/api/projects/:project_id/tasks/ws',
  perConnection: ['session_id'],
  encodeEvent(event, { now, key, session_id }) {
    const reduced = project(event);
    return reduced && { type: reduced.event, data: reduced.payload, timestamp: now, project_id: key, session_id };
  },
  encodeSnapshot: ({ project_id, tasks }, context) => [initial(project_id, context, tasks), established(context)],
  // Tasks are changed over REST on the old wire.
  encodeCall: () => undefined,
  decodeCall: () => undefined,
  decodeEvent(frame) {
    if (typeof frame === 'string') return undefined;
    const { type, data } = frame as { type?: unknown; data: object };
    switch (type) {
      case 'connection_established':
        return { kind: 'alive', at: (data as { timestamp: string }).timestamp };
      case 'initial_tasks': {
        const { project_id, tasks } = data as TaskTypes['snapshot'];
        return { kind: 'snapshot', payload: { project_id, tasks } };
      }
      case 'task_created':
      case 'task_updated':
        return { kind: 'event', event: type, payload: data as Task };
      case 'task_archived':
        return { kind: 'event', event: type, payload: data as TaskRef };
      default:
        return undefined;
    }
  },
  // An old client of an unknown project sees an empty board, and its events if it is created later.
  unknownRoom: (context) => ({ frames: [initial(context.key, context, []), established(context)] }),
  project,
  identify({ event, payload }) {
    const { id, version, task_order } = payload as Partial<Task>;
    return `${event} ${id} ${version} ${task_order}`;
  },
};
