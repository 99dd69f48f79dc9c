import { ServiceClient, type Realtime } from '@switchyard/client';
import { distinctUntilChanged, map, type Observable } from 'rxjs';
import type { CreateProject } from '../project/project.dto.js';
import type { Project } from '../project/project.js';
import type { Task } from './task.js';
import { tasks, type TaskTypes } from './tasks.contract.js';
import type { CreateTask, UpdateTask } from './tasks.dto.js';
import { foldTasks } from './tasks.fold.js';
import { tasksLegacy } from './tasks.legacy.js';

/** The changes of a task. */
export type TaskChanges = Omit<UpdateTask, 'task_id' | 'version' | 'project_id'>;

/** Follows and changes projects and their tasks. */
export class ProjectTasksService extends ServiceClient<TaskTypes> {
  constructor(realtime: Realtime) {
    super(realtime, tasks, { legacy: tasksLegacy });
  }

  /** Observes a project's tasks in order; fails with a `Fault`. */
  tasks(project_id: string): Observable<Task[]> {
    return this.room(project_id)
      .fold(foldTasks)
      .pipe(
        map((list) => list.tasks),
        distinctUntilChanged(),
      );
  }

  /** Lists this user's projects, newest first. */
  projects(): Promise<Project[]> {
    return this.call('list_projects', {});
  }

  /** Creates a project. */
  createProject(request: CreateProject): Promise<Project> {
    return this.call('create_project', request);
  }

  /** Creates a task. */
  create(request: CreateTask): Promise<Task> {
    return this.call('create_task', request);
  }

  /** Changes a task. @throws RemoteFault `task.conflict` with the current task in `details.task` */
  update({ id: task_id, version }: Pick<Task, 'id' | 'version'>, changes: TaskChanges): Promise<Task> {
    return this.call('update_task', { task_id, version, ...changes });
  }

  /** Archives a task. */
  async archive(task_id: string): Promise<void> {
    await this.call('archive_task', { task_id });
  }

  /** Reorders tasks within their places and returns the order of all tasks. */
  async reorder(project_id: string, task_ids: string[]): Promise<string[]> {
    return (await this.call('reorder_tasks', { project_id, task_ids })).task_ids;
  }
}
