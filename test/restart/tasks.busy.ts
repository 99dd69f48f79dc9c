import { deepStrictEqual as deepEqual, equal } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { tasks, type Task, type TaskList } from '@switchyard/services';
import { call, poll, type BusyService } from './busy.service.js';

/** Creates tasks one by one. */
export const busy: BusyService = {
  contract: tasks,
  async start(server) {
    const response = await fetch(`${server.url}/api/projects`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'Yard' }),
    });
    const { id: project_id } = (await response.json()) as { id: string };
    const acknowledged: string[] = [];
    return {
      key: project_id,
      async act() {
        const payload = { project_id, title: `Task ${acknowledged.length}`, correlation_id: randomUUID() };
        acknowledged.push((await call<Task>(server, tasks, 'create_task', payload)).id);
      },
      async check() {
        const ids = (await poll<TaskList>(server, tasks, project_id)).snapshot!.tasks.map(({ id }) => id);
        equal(new Set(ids).size, ids.length);
        deepEqual(
          acknowledged.filter((id) => !ids.includes(id)),
          [],
        );
      },
    };
  },
};
