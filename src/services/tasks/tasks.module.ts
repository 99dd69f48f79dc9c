import { Module } from '@nestjs/common';
import { ProjectsModule } from '../../projects/index.js';
import { ProjectsController } from './projects.controller.js';
import { TaskBoard } from './task.board.js';
import { TasksGateway } from './tasks.gateway.js';

/** The tasks service. */
@Module({ imports: [ProjectsModule], controllers: [ProjectsController], providers: [TasksGateway, TaskBoard] })
export class TasksModule {}
