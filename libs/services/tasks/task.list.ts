import type { Task } from './task.js';

/** The snapshot of a project's board: its unarchived tasks in order. */
export interface TaskList {
  project_id: string;
  tasks: Task[];
}

/** The order of a project's tasks, first to last. */
export interface TaskOrder {
  project_id: string;
  task_ids: string[];
}

/** A reference to a task. */
export interface TaskRef {
  id: string;
  project_id: string;
}
