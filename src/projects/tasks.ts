import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { STORE, type DocumentWrite, type Store } from '@switchyard/server';
import { byPlace, type Task } from '@switchyard/services';

/** The fields of a new task; all but the title have a default. */
export type TaskDraft = Pick<Task, 'title'> & Partial<Pick<Task, 'description' | 'status' | 'assignee' | 'feature'>>;

/** Maps a task's id to its project, to find the task by its id alone. */
interface TaskPlace {
  project_id: string;
}

const PLACES = 'task_places';
const tasksOf = (project_id: string) => `tasks:${project_id}`;

/** Stores tasks. */
@Injectable()
export class Tasks {
  constructor(@Inject(STORE) private readonly store: Store) {}

  /** Finds a task, archived or not; undefined when it does not exist. */
  async find(task_id: string): Promise<Task | undefined> {
    const place = await this.store.documents.get<TaskPlace>(PLACES, task_id);
    return place && this.store.documents.get<Task>(tasksOf(place.project_id), task_id);
  }

  /** Lists the tasks of a project in order, including archived ones. */
  async list(project_id: string): Promise<Task[]> {
    return (await this.store.documents.list<Task>(tasksOf(project_id))).sort(byPlace);
  }

  /** Returns the writes that store a new task. */
  add(task: Task): DocumentWrite[] {
    const { id, project_id } = task;
    return [
      { collection: tasksOf(project_id), id, value: task },
      { collection: PLACES, id, value: { project_id } satisfies TaskPlace },
    ];
  }

  /** Returns the write that changes a task if it still equals `before`. */
  change(before: Task, task: Task): DocumentWrite {
    return { collection: tasksOf(task.project_id), id: task.id, value: task, expect: before };
  }

  /** Returns the writes that delete a task. */
  delete({ id, project_id }: Task): DocumentWrite[] {
    return [
      { collection: tasksOf(project_id), id, value: null },
      { collection: PLACES, id, value: null },
    ];
  }
}

/** Creates a task in its first version, dated now. */
export function newTask(project_id: string, draft: TaskDraft, task_order: number): Task {
  const now = new Date().toISOString();
  return {
    id: randomUUID(),
    project_id,
    title: draft.title.trim(),
    description: draft.description ?? '',
    status: draft.status ?? 'todo',
    assignee: draft.assignee ?? '',
    task_order,
    ...(draft.feature && { feature: draft.feature }),
    version: 1,
    created_at: now,
    updated_at: now,
    archived: false,
  };
}
