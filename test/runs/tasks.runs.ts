import { tasks, tasksLegacy, type Project, type Task, type TaskList } from '@switchyard/services';
import { call } from '../restart/busy.service.js';
import type { ServiceRuns } from './service.runs.js';

/** A project with one task that is done and archived. */
export const runs: ServiceRuns = {
  contract: tasks,
  legacy: tasksLegacy,
  isOver: (list: TaskList) => list.tasks.length === 0,
  isLast: (event) => event === 'task_archived',
  start: (server) =>
    Promise.resolve({
      begin: async () => (await call<Project>(server, tasks, 'create_project', { title: 'Yard' })).id,
      async end(project_id) {
        const { id: task_id, version } = await call<Task>(server, tasks, 'create_task', { project_id, title: 'Dig' });
        await call(server, tasks, 'update_task', { task_id, version, status: 'done' });
        await call(server, tasks, 'archive_task', { task_id });
      },
    }),
};
