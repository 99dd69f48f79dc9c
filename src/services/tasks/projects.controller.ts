import type { IncomingMessage } from 'node:http';
import { Body, Controller, Delete, Get, Param, Patch, Post, Put, Req } from '@nestjs/common';
import { RestCalls } from '@switchyard/server';
import { tasks } from '@switchyard/services';
import { ProjectDocuments, Projects } from '../../projects/index.js';

/** The REST routes of projects, their tasks and documents; each one makes a call of the service. */
@Controller('api/projects')
export class ProjectsController {
  constructor(
    private readonly calls: RestCalls,
    private readonly projects: Projects,
    private readonly documents: ProjectDocuments,
  ) {}

  @Get()
  list(@Req() request: IncomingMessage) {
    return this.calls.make(request, tasks, 'list_projects', {});
  }

  @Post()
  create(@Req() request: IncomingMessage, @Body() body: unknown) {
    return this.calls.make(request, tasks, 'create_project', body);
  }

  @Get(':project_id')
  async get(@Req() request: IncomingMessage, @Param('project_id') project_id: string) {
    await this.calls.snapshot(request, tasks, project_id);
    return (await this.projects.find(project_id))?.project;
  }

  @Get(':project_id/documents')
  async listDocuments(@Req() request: IncomingMessage, @Param('project_id') project_id: string) {
    await this.calls.snapshot(request, tasks, project_id);
    return this.documents.list(project_id);
  }

  @Get(':project_id/tasks')
  async listTasks(@Req() request: IncomingMessage, @Param('project_id') project_id: string) {
    return (await this.calls.snapshot(request, tasks, project_id)).tasks;
  }

  @Post(':project_id/tasks')
  createTask(@Req() request: IncomingMessage, @Param('project_id') project_id: string, @Body() body: object) {
    return this.calls.make(request, tasks, 'create_task', { ...body, project_id });
  }

  @Put(':project_id/tasks/order')
  reorder(@Req() request: IncomingMessage, @Param('project_id') project_id: string, @Body() body: object) {
    return this.calls.make(request, tasks, 'reorder_tasks', { ...body, project_id });
  }

  @Patch(':project_id/tasks/:task_id')
  update(@Req() request: IncomingMessage, @Param() place: TaskPath, @Body() body: object) {
    return this.calls.make(request, tasks, 'update_task', { ...body, ...place });
  }

  @Delete(':project_id/tasks/:task_id')
  archive(@Req() request: IncomingMessage, @Param() place: TaskPath) {
    return this.calls.make(request, tasks, 'archive_task', place);
  }
}

/** The parameters of a task's path. */
interface TaskPath {
  project_id: string;
  task_id: string;
}
