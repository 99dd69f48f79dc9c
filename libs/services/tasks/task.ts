export const TASK_STATUSES = ['todo', 'doing', 'review', 'done'] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

/** A task of a project; times are ISO 8601 with Z. */
export interface Task {
  id: string;
  project_id: string;
  title: string;
  description: string;
  status: TaskStatus;
  /** Empty when it is nobody's. */
  assignee: string;
  /** Its place in the project, smallest first; moving it is no new version. */
  task_order: number;
  /** The part of the project it belongs to. */
  feature?: string;
  /** Counts the changes; whoever changes a task says which version was seen. */
  version: number;
  created_at: string;
  updated_at: string;
  archived: boolean;
}

/** How tasks are sorted: by their place, and where two share one the older first. */
export function byPlace(a: Task, b: Task): number {
  return a.task_order - b.task_order || compare(a.created_at, b.created_at) || compare(a.id, b.id);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
