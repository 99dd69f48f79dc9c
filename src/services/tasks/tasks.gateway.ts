import { Fault } from '@switchyard/contract';
import { BaseRoomService, Call, ServiceGateway, isOpenTo, ownerOf, type Caller, legacy } from '@switchyard/server';
import { tasks, tasksLegacy, type Project, type Task, type TaskList } from '@switchyard/services';
import { CreateProject } from '@switchyard/services/project/project.dto';
import { ArchiveTask, CreateTask, ListProjects, ReorderTasks, UpdateTask } from '@switchyard/services/tasks/tasks.dto';
import { Projects, ProjectChanges, Tasks } from '../../projects/index.js';
import { TasksStore } from './tasks.store.js';

/** The tasks service: each room is the task board of one project. */
@ServiceGateway(tasks, { wires: [legacy(tasksLegacy)] })
export class TasksGateway extends BaseRoomService<typeof tasks> {
  constructor(
    private readonly store: TasksStore,
    private readonly projects: Projects,
    private readonly tasks: Tasks,
    private readonly changes: ProjectChanges,
  ) {
    super();
  }

  override snapshot(projectId: string): Promise<TaskList | undefined> {
    return this.store.list(projectId);
  }

  override async authorize(caller: Caller, projectId: string): Promise<boolean> {
    return isOpenTo(caller, (await this.projects.find(projectId))?.owner);
  }

  @Call('create_project')
  createProject(request: CreateProject, caller: Caller): Promise<Project> {
    return this.projects.add(request, ownerOf(caller));
  }

  @Call('list_projects')
  async listProjects(_request: ListProjects, caller: Caller): Promise<Project[]> {
    const records = await this.projects.list();
    return records.filter(({ owner }) => isOpenTo(caller, owner)).map(({ project }) => project);
  }

  @Call('create_task')
  async createTask(request: CreateTask): Promise<Task> {
    const { project_id } = request;
    this.known(await this.projects.find(project_id));
    return this.changes.run(project_id, async () => {
      const { result, writes } = await this.store.create(request);
      await this.commit(project_id, 'task_created', result, writes);
      return result;
    });
  }

  @Call('update_task')
  async updateTask({ task_id, version, project_id, ...changes }: UpdateTask, caller: Caller): Promise<Task> {
    const room = await this.roomOf(task_id, project_id, caller);
    return this.changes.run(room, async () => {
      const { result, writes } = await this.store.update(task_id, version, changes);
      await this.commit(room, 'task_updated', result, writes);
      return result;
    });
  }

  @Call('archive_task')
  async archiveTask({ task_id, project_id }: ArchiveTask, caller: Caller) {
    const room = await this.roomOf(task_id, project_id, caller);
    const archived = { id: task_id, project_id: room };
    return this.changes.run(room, async () => {
      const change = await this.store.archive(task_id);
      if (change) await this.commit(room, 'task_archived', archived, change.writes);
      return archived;
    });
  }

  @Call('reorder_tasks')
  async reorderTasks({ project_id, task_ids }: ReorderTasks) {
    this.known(await this.projects.find(project_id));
    return this.changes.run(project_id, async () => {
      const { result, writes } = await this.store.reorder(project_id, task_ids);
      const order = { project_id, task_ids: result };
      await this.commit(project_id, 'tasks_reordered', order, writes);
      return order;
    });
  }

  /** Returns the project of a task. @throws Fault `task.not_found`, `room.forbidden` */
  private async roomOf(task_id: string, expected: string | undefined, caller: Caller): Promise<string> {
    const project_id = (await this.tasks.find(task_id))?.project_id;
    const project = project_id === undefined ? undefined : await this.projects.find(project_id);
    if (!project || (expected !== undefined && expected !== project_id)) throw new Fault('task.not_found');
    if (!isOpenTo(caller, project.owner)) throw new Fault('room.forbidden');
    return project.project.id;
  }
}
