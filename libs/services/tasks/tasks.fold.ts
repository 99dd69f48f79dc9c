import type { ContractEvent } from '@switchyard/contract';
import { byPlace, type Task } from './task.js';
import type { TaskList } from './task.list.js';
import type { TaskTypes } from './tasks.contract.js';

/** Applies an event to a task list; a known task is replaced. */
export function foldTasks({ project_id, tasks }: TaskList, event: ContractEvent<TaskTypes>): TaskList {
  switch (event.event) {
    case 'task_archived':
      return { project_id, tasks: tasks.filter(({ id }) => id !== event.payload.id) };
    case 'tasks_reordered':
      return { project_id, tasks: inOrder(tasks, event.payload.task_ids) };
    default: {
      const others = tasks.filter(({ id }) => id !== event.payload.id);
      return { project_id, tasks: [...others, event.payload].sort(byPlace) };
    }
  }
}

/** Orders tasks by `task_ids`; tasks not in it keep their places. */
export function inOrder(tasks: readonly Task[], task_ids: readonly string[]): Task[] {
  const places = new Map(task_ids.map((id, place) => [id, place]));
  return tasks.map((task) => ({ ...task, task_order: places.get(task.id) ?? task.task_order })).sort(byPlace);
}
