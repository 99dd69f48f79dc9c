import { fakeRealtime } from '@switchyard/client/testing';
import type { Task } from './task.js';
import { ProjectTasksService } from './tasks.client.js';
import { tasks } from './tasks.contract.js';

const task = (id: string, task_order: number, more: Partial<Task> = {}): Task => ({
  id,
  project_id: 'p',
  title: id,
  description: '',
  status: 'todo',
  assignee: '',
  task_order,
  version: 1,
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
  archived: false,
  ...more,
});

function start() {
  const { realtime, transport } = fakeRealtime(tasks);
  const wire = transport(tasks);
  const snapshot = { project_id: 'p', tasks: [task('a', 0), task('b', 1)] };
  wire.admit = () => ({ recovered: false, epoch: 'e', offset: 0, snapshot });
  let offset = 0;
  const emit = (event: string, payload: object) =>
    wire.emit('p', { event, payload, position: { epoch: 'e', offset: ++offset } });
  return { wire, emit, board: new ProjectTasksService(realtime) };
}

it('the task client shows a board and each change to it, always in order', async () => {
  const { board, emit, wire } = start();
  const seen: string[] = [];
  const following = board
    .tasks('p')
    .subscribe((list) => seen.push(list.map(({ title, version }) => `${title}${version}`).join(' ')));
  await wire.joined('p');
  emit('task_created', task('c', 2));
  emit('task_updated', task('a', 0, { version: 2 }));
  emit('tasks_reordered', { project_id: 'p', task_ids: ['c', 'a', 'b'] });
  emit('task_updated', task('a', 1, { version: 3 }));
  emit('task_archived', { id: 'c', project_id: 'p' });
  expect(seen).toEqual(['a1 b1', 'a1 b1 c1', 'a2 b1 c1', 'c1 a2 b1', 'c1 a3 b1', 'a3 b1']);
  following.unsubscribe();
});

it('the task client makes the calls of a board', async () => {
  const { board, wire } = start();
  wire.answer = () => ({ ok: true, data: { project_id: 'p', task_ids: ['b', 'a'] } });
  await board.createProject({ title: 'Yard' });
  await board.projects();
  await board.create({ project_id: 'p', title: 'Lay tracks' });
  await board.update(task('a', 0, { version: 7 }), { status: 'done' });
  await board.archive('a');
  await expect(board.reorder('p', ['b', 'a'])).resolves.toEqual(['b', 'a']);
  expect(wire.calls).toMatchObject([
    { name: 'create_project', payload: { title: 'Yard' } },
    { name: 'list_projects' },
    { name: 'create_task', payload: { project_id: 'p', title: 'Lay tracks' } },
    { name: 'update_task', payload: { task_id: 'a', version: 7, status: 'done' } },
    { name: 'archive_task', payload: { task_id: 'a' } },
    { name: 'reorder_tasks', payload: { project_id: 'p', task_ids: ['b', 'a'] } },
  ]);
});
