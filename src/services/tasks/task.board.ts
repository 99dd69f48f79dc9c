import { Injectable } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import type { DocumentWrite } from '@switchyard/server';
import { inOrder, type Task, type TaskList } from '@switchyard/services';
import type { CreateTask, UpdateTask } from '@switchyard/services/tasks/tasks.dto';
import { newTask, Projects, Tasks } from '../../projects/index.js';

/** A change that is worked out but not made: what it leads to, and the writes that make it. */
interface Change<T> {
  result: T;
  writes: DocumentWrite[];
}

/** What may be changed about a task. */
type TaskChanges = Omit<UpdateTask, 'task_id' | 'version' | 'project_id'>;

/** The rules by which tasks change; one change to a project at a time, see `ProjectTurns`. */
@Injectable()
export class TaskBoard {
  constructor(
    private readonly projects: Projects,
    private readonly tasks: Tasks,
  ) {}

  /** The tasks to be shown of a project, undefined when there is no such project. */
  async list(project_id: string): Promise<TaskList | undefined> {
    if (!(await this.projects.find(project_id))) return undefined;
    return { project_id, tasks: await this.shown(project_id) };
  }

  /** Adds a task, at the end unless it is given a place. */
  async create({ project_id, task_order, ...draft }: CreateTask): Promise<Change<Task>> {
    const last = (await this.shown(project_id)).at(-1);
    const result = newTask(project_id, draft, task_order ?? (last ? last.task_order + 1 : 0));
    return { result, writes: this.tasks.add(result) };
  }

  /**
   * Changes a task that was seen in this version.
   *
   * @throws Fault `task.conflict` with the task as it is, when it was changed or archived since
   */
  async update(task_id: string, version: number, changes: TaskChanges): Promise<Change<Task>> {
    const task = await this.current(task_id);
    if (task.version !== version || task.archived) throw new Fault('task.conflict', { task });
    const result = changed(task, changes);
    return { result, writes: [this.tasks.change(task, result)] };
  }

  /** Takes a task off the board; undefined when it is off already. */
  async archive(task_id: string): Promise<Change<Task> | undefined> {
    const task = await this.current(task_id);
    if (task.archived) return undefined;
    const result = changed(task, { archived: true });
    return { result, writes: [this.tasks.change(task, result)] };
  }

  /** Puts tasks into a new order, in the places they have together, and numbers all. @throws Fault `task.not_found` */
  async reorder(project_id: string, task_ids: readonly string[]): Promise<Change<string[]>> {
    const all = await this.tasks.list(project_id);
    const unknown = task_ids.filter((wanted) => !all.some(({ id }) => id === wanted));
    if (unknown.length > 0) throw new Fault('task.not_found', { project_id, count: unknown.length });
    const before = all.filter(({ archived }) => !archived);
    const moved = new Set(task_ids);
    // Somebody may have archived one of them meanwhile, which is no reason to refuse the rest.
    const queue = task_ids.filter((wanted) => before.some(({ id }) => id === wanted));
    const result = before.map(({ id }) => (moved.has(id) ? queue.shift()! : id));
    const known = new Map(before.map((task) => [task.id, task]));
    // Those that stay as well: an order that was made at the same time must not be mixed with this one.
    const writes = inOrder(before, result).map((task) => this.tasks.change(known.get(task.id)!, task));
    return { result, writes };
  }

  private async shown(project_id: string): Promise<Task[]> {
    return (await this.tasks.list(project_id)).filter(({ archived }) => !archived);
  }

  /** The task as it is now, which is not what was found before its turn came. */
  private async current(task_id: string): Promise<Task> {
    const task = await this.tasks.find(task_id);
    if (!task) throw new Fault('task.not_found');
    return task;
  }
}

/** The next version of a task; what is not given stays, and an empty feature is none. */
function changed(task: Task, changes: TaskChanges & Partial<Pick<Task, 'archived'>>): Task {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined && value !== null);
  const now = new Date().toISOString();
  const next: Task = { ...task, ...Object.fromEntries(given), version: task.version + 1, updated_at: now };
  if (next.feature === '') delete next.feature;
  return next;
}
