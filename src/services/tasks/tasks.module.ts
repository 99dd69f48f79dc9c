import { Module } from '@nestjs/common';
import { ProjectsModule } from '../../projects/index.js';
import { ProjectsController } from './projects.controller.js';
import { TasksStore } from './tasks.store.js';
import { TasksGateway } from './tasks.gateway.js';

/** The tasks service. */
@Module({ imports: [ProjectsModule], controllers: [ProjectsController], providers: [TasksGateway, TasksStore] })
export class TasksModule {}
