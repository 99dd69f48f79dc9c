import { ServiceClient, type Realtime } from '@switchyard/client';
import { distinctUntilChanged, map, type Observable } from 'rxjs';
import type { CreateProject } from '../project/project.dto.js';
import type { Project } from '../project/project.js';
import type { Task } from './task.js';
import { tasks, type TaskTypes } from './tasks.contract.js';
import type { CreateTask, UpdateTask } from './tasks.dto.js';
import { foldTasks } from './tasks.fold.js';
import { tasksLegacy } from './tasks.legacy.js';

/** What may be changed about a task. */
export type TaskChanges = Omit<UpdateTask, 'task_id' | 'version' | 'project_id'>;

/** Projects and their tasks, as everybody who looks at them sees them. */
export class ProjectTasksService extends ServiceClient<TaskTypes> {
  constructor(realtime: Realtime) {
    super(realtime, tasks, { legacy: tasksLegacy });
  }

  /** A project's tasks in their order: as they are, then after each change; fails with a `Fault`. */
  tasks(project_id: string): Observable<Task[]> {
    return this.room(project_id)
      .fold(foldTasks)
      .pipe(
        map((list) => list.tasks),
        distinctUntilChanged(),
      );
  }

  /** The projects that are open to this user, the newest first. */
  projects(): Promise<Project[]> {
    return this.call('list_projects', {});
  }

  createProject(request: CreateProject): Promise<Project> {
    return this.call('create_project', request);
  }

  create(request: CreateTask): Promise<Task> {
    return this.call('create_task', request);
  }

  /** Changes a task as it was seen. @throws RemoteFault `task.conflict` with the task as it is now in `details.task` */
  update({ id: task_id, version }: Pick<Task, 'id' | 'version'>, changes: TaskChanges): Promise<Task> {
    return this.call('update_task', { task_id, version, ...changes });
  }

  async archive(task_id: string): Promise<void> {
    await this.call('archive_task', { task_id });
  }

  /** Puts tasks into this order, in the places they have together; returns that of all. */
  async reorder(project_id: string, task_ids: string[]): Promise<string[]> {
    return (await this.call('reorder_tasks', { project_id, task_ids })).task_ids;
  }
}
