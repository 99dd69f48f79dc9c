import { Injectable } from '@nestjs/common';
import type { DocumentWrite } from '@switchyard/server';
import { ProjectDocuments } from './project-documents.js';
import { Projects } from './projects.js';
import { Tasks } from './tasks.js';

/** Removes projects with their tasks and documents. */
@Injectable()
export class ProjectRemoval {
  constructor(
    private readonly projects: Projects,
    private readonly tasks: Tasks,
    private readonly documents: ProjectDocuments,
  ) {}

  /** Returns the writes that delete a project with its tasks and documents. */
  async writes(project_id: string): Promise<DocumentWrite[]> {
    const tasks = await this.tasks.list(project_id);
    const documents = await this.documents.list(project_id);
    return [
      this.projects.delete(project_id),
      ...tasks.flatMap((task) => this.tasks.delete(task)),
      ...documents.map((document) => this.documents.delete(document)),
    ];
  }
}
