import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { STORE, type DocumentWrite, type Store } from '@switchyard/server';
import { byPlace, type Task } from '@switchyard/services';

/** What a task is made from; all but the title has a default. */
export type TaskDraft = Pick<Task, 'title'> & Partial<Pick<Task, 'description' | 'status' | 'assignee' | 'feature'>>;

/** Which project a task is in, so that a task can be found by its id alone. */
interface TaskPlace {
  project_id: string;
}

const PLACES = 'task_places';
const tasksOf = (project_id: string) => `tasks:${project_id}`;

/** The tasks as they are stored. */
@Injectable()
export class Tasks {
  constructor(@Inject(STORE) private readonly store: Store) {}

  /** The task of this id, archived or not; undefined when there is none. */
  async find(task_id: string): Promise<Task | undefined> {
    const place = await this.store.documents.get<TaskPlace>(PLACES, task_id);
    return place && this.store.documents.get<Task>(tasksOf(place.project_id), task_id);
  }

  /** Every task of a project, in their order, archived ones too. */
  async list(project_id: string): Promise<Task[]> {
    return (await this.store.documents.list<Task>(tasksOf(project_id))).sort(byPlace);
  }

  /** The writes that keep a new task. */
  add(task: Task): DocumentWrite[] {
    const { id, project_id } = task;
    return [
      { collection: tasksOf(project_id), id, value: task },
      { collection: PLACES, id, value: { project_id } satisfies TaskPlace },
    ];
  }

  /** The write that changes a task, unless it is not `before` any more. */
  change(before: Task, task: Task): DocumentWrite {
    return { collection: tasksOf(task.project_id), id: task.id, value: task, expect: before };
  }

  /** The writes that forget a task. */
  delete({ id, project_id }: Task): DocumentWrite[] {
    return [
      { collection: tasksOf(project_id), id, value: null },
      { collection: PLACES, id, value: null },
    ];
  }
}

/** A task of now, in its first version. */
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
