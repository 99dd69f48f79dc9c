import { defineService } from '@switchyard/contract';
import type { CreateProject } from '../project/project.dto.js';
import type { Project } from '../project/project.js';
import type { ArchiveTask, CreateTask, ListProjects, ReorderTasks, UpdateTask } from './tasks.dto.js';
import './tasks.faults.js';
import type { Task } from './task.js';
import type { TaskList, TaskOrder, TaskRef } from './task.list.js';

/** The payload types of the tasks service. */
export interface TaskTypes {
  room: { project_id: string };
  calls: {
    create_project: { payload: CreateProject; reply: Project };
    list_projects: { payload: ListProjects; reply: Project[] };
    create_task: { payload: CreateTask; reply: Task };
    update_task: { payload: UpdateTask; reply: Task };
    archive_task: { payload: ArchiveTask; reply: TaskRef };
    reorder_tasks: { payload: ReorderTasks; reply: TaskOrder };
  };
  events: { task_created: Task; task_updated: Task; task_archived: TaskRef; tasks_reordered: TaskOrder };
  snapshot: TaskList;
}

/** The contract of the tasks service. */
export const tasks = defineService<TaskTypes>()({
  name: 'tasks',
  kind: 'collection',
  room: { prefix: 'project', key: 'project_id' },
  join: 'join_project',
  leave: 'leave_project',
  snapshot: 'initial_tasks',
  presence: true,
  calls: {
    create_project: {},
    list_projects: { repeatable: true },
    create_task: {},
    update_task: {},
    archive_task: { repeatable: true },
    reorder_tasks: { repeatable: true },
  },
  events: { task_created: {}, task_updated: {}, task_archived: {}, tasks_reordered: {} },
});
