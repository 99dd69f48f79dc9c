import { Module } from '@nestjs/common';
import { ProjectDocuments } from './project-documents.js';
import { ProjectRemoval } from './project.removal.js';
import { ProjectChanges } from './project.changes.js';
import { Projects } from './projects.js';
import { Tasks } from './tasks.js';

const PARTS = [Projects, Tasks, ProjectDocuments, ProjectRemoval, ProjectChanges];

/** Provides projects, their tasks and documents; needs `STORE`. */
@Module({ providers: PARTS, exports: PARTS })
export class ProjectsModule {}
