import { Injectable } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import type { DocumentWrite } from '@switchyard/server';
import { inOrder, type Task, type TaskList } from '@switchyard/services';
import type { CreateTask, UpdateTask } from '@switchyard/services/tasks/tasks.dto';
import { newTask, Projects, Tasks } from '../../projects/index.js';

/** A planned change: its result, and the writes that make it. */
interface Change<T> {
  result: T;
  writes: DocumentWrite[];
}

/** The fields of a task that may change. */
type TaskChanges = Omit<UpdateTask, 'task_id' | 'version' | 'project_id'>;

/** Computes the changes of a project's tasks; `ProjectChanges` runs them one at a time. */
@Injectable()
export class TasksStore {
  constructor(
    private readonly projects: Projects,
    private readonly tasks: Tasks,
  ) {}

  /** Returns the tasks of a project that are not archived; undefined when there is no such project. */
  async list(project_id: string): Promise<TaskList | undefined> {
    if (!(await this.projects.find(project_id))) return undefined;
    return { project_id, tasks: await this.shown(project_id) };
  }

  /** Adds a task at the place `task_order`, or at the end. */
  async create({ project_id, task_order, ...draft }: CreateTask): Promise<Change<Task>> {
    const last = (await this.shown(project_id)).at(-1);
    const result = newTask(project_id, draft, task_order ?? (last ? last.task_order + 1 : 0));
    return { result, writes: this.tasks.add(result) };
  }

  /**
   * Changes a task if it still has this version.
   *
   * @throws Fault `task.conflict` with the current task, when it was changed or archived meanwhile
   */
  async update(task_id: string, version: number, changes: TaskChanges): Promise<Change<Task>> {
    const task = await this.current(task_id);
    if (task.version !== version || task.archived) throw new Fault('task.conflict', { task });
    const result = changed(task, changes);
    return { result, writes: [this.tasks.change(task, result)] };
  }

  /** Archives a task; undefined when it is already archived. */
  async archive(task_id: string): Promise<Change<Task> | undefined> {
    const task = await this.current(task_id);
    if (task.archived) return undefined;
    const result = changed(task, { archived: true });
    return { result, writes: [this.tasks.change(task, result)] };
  }

  /** Reorders the given tasks among their places, and numbers all tasks of the project. @throws Fault `task.not_found` */
  async reorder(project_id: string, task_ids: readonly string[]): Promise<Change<string[]>> {
    const all = await this.tasks.list(project_id);
    const unknown = task_ids.filter((wanted) => !all.some(({ id }) => id === wanted));
    if (unknown.length > 0) throw new Fault('task.not_found', { project_id, count: unknown.length });
    const before = all.filter(({ archived }) => !archived);
    const moved = new Set(task_ids);
    // A task that was archived meanwhile is left out; the others are reordered.
    const queue = task_ids.filter((wanted) => before.some(({ id }) => id === wanted));
    const result = before.map(({ id }) => (moved.has(id) ? queue.shift()! : id));
    const known = new Map(before.map((task) => [task.id, task]));
    // All tasks are written, so that two orders made at the same time cannot mix.
    const writes = inOrder(before, result).map((task) => this.tasks.change(known.get(task.id)!, task));
    return { result, writes };
  }

  private async shown(project_id: string): Promise<Task[]> {
    return (await this.tasks.list(project_id)).filter(({ archived }) => !archived);
  }

  /** Reads the task again, because it may have changed while this change waited. */
  private async current(task_id: string): Promise<Task> {
    const task = await this.tasks.find(task_id);
    if (!task) throw new Fault('task.not_found');
    return task;
  }
}

/** Makes the next version of a task; missing fields stay, and an empty feature is removed. */
function changed(task: Task, changes: TaskChanges & Partial<Pick<Task, 'archived'>>): Task {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined && value !== null);
  const now = new Date().toISOString();
  const next: Task = { ...task, ...Object.fromEntries(given), version: task.version + 1, updated_at: now };
  if (next.feature === '') delete next.feature;
  return next;
}
