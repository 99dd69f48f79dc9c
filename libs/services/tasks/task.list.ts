import type { Task } from './task.js';

/** A project's tasks that are not archived, in their order. */
export interface TaskList {
  project_id: string;
  tasks: Task[];
}

/** The order of a project's tasks, first to last. */
export interface TaskOrder {
  project_id: string;
  task_ids: string[];
}

/** A task that is mentioned only. */
export interface TaskRef {
  id: string;
  project_id: string;
}
