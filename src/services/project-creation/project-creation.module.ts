import { Module } from '@nestjs/common';
import { ModelModule } from '../../model/index.js';
import { ProjectsModule } from '../../projects/index.js';
import { CreationJobs } from './creation.jobs.js';
import { CreationRecords } from './creation.records.js';
import { ProjectCreationGateway } from './project-creation.gateway.js';

/** The project-creation service. */
@Module({
  imports: [ProjectsModule, ModelModule],
  providers: [ProjectCreationGateway, CreationJobs, CreationRecords],
})
export class ProjectCreationModule {}
