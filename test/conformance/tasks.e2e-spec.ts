import { tasks, tasksLegacy, type Project } from '@switchyard/services';
import { startApp } from '../harness/app.js';
import { rest } from '../projects/rest.js';
import { CANARY, serviceConformance } from './service.conformance.js';

serviceConformance({
  contract: tasks,
  codec: tasksLegacy,
  unknown: 'nobody-knows-this-project',
  badCall: { call: 'create_task', payload: { project_id: 'p', title: [CANARY] } },
  async start(settings) {
    const { url, close } = await startApp(settings);
    return {
      url,
      close,
      room: async () => (await rest<Project>(url, 'POST', '/api/projects', { title: 'Yard' })).body.id,
      act: async (id) => void (await rest(url, 'POST', `/api/projects/${id}/tasks`, { title: 'Lay tracks' })),
    };
  },
});
