import { Injectable } from '@nestjs/common';
import type { DocumentWrite } from '@switchyard/server';
import { ProjectDocuments } from './project-documents.js';
import { Projects } from './projects.js';
import { Tasks } from './tasks.js';

/** What it takes to remove a project with everything that belongs to it. */
@Injectable()
export class ProjectRemoval {
  constructor(
    private readonly projects: Projects,
    private readonly tasks: Tasks,
    private readonly documents: ProjectDocuments,
  ) {}

  /** The writes that leave nothing of a project. */
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
