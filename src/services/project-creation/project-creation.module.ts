import { Module } from '@nestjs/common';
import { ModelModule } from '../../model/index.js';
import { ProjectsModule } from '../../projects/index.js';
import { CreationWorker } from './creation.worker.js';
import { CreationStore } from './creation.store.js';
import { ProjectCreationGateway } from './project-creation.gateway.js';

/** The project-creation service. */
@Module({
  imports: [ProjectsModule, ModelModule],
  providers: [ProjectCreationGateway, CreationWorker, CreationStore],
})
export class ProjectCreationModule {}
