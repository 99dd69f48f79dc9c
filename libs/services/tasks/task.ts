/** The statuses of a task. */
export const TASK_STATUSES = ['todo', 'doing', 'review', 'done'] as const;
/** The status of a task. */
export type TaskStatus = (typeof TASK_STATUSES)[number];

/** A task of a project; times are ISO 8601 with Z. */
export interface Task {
  id: string;
  project_id: string;
  title: string;
  description: string;
  status: TaskStatus;
  /** Empty if unassigned. */
  assignee: string;
  /** The sort order in the project, smallest first; moving a task does not change its version. */
  task_order: number;
  /** The part of the project. */
  feature?: string;
  /** Counts the changes; an update names the version on which it is based. */
  version: number;
  created_at: string;
  updated_at: string;
  archived: boolean;
}

/** Compares tasks by place, then by age. */
export function byPlace(a: Task, b: Task): number {
  return a.task_order - b.task_order || compare(a.created_at, b.created_at) || compare(a.id, b.id);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
