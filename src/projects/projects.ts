import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { STORE, type DocumentWrite, type Store } from '@switchyard/server';
import type { Project } from '@switchyard/services';
import type { CreateProject } from '@switchyard/services/project/project.dto';

/** A project as it is stored; it belongs to its owner, or to nobody. */
export interface ProjectRecord {
  project: Project;
  owner?: string;
  /** Still being made: nobody sees it yet. */
  isDraft?: true;
}

const COLLECTION = 'projects';

/** The projects as they are stored. */
@Injectable()
export class Projects {
  constructor(@Inject(STORE) private readonly store: Store) {}

  /** The project of this id, undefined when there is none or it is still being made. */
  async find(project_id: string): Promise<ProjectRecord | undefined> {
    const record = await this.store.documents.get<ProjectRecord>(COLLECTION, project_id);
    return record?.isDraft ? undefined : record;
  }

  /** Every project, the one created last first. */
  async list(): Promise<ProjectRecord[]> {
    const records = await this.store.documents.list<ProjectRecord>(COLLECTION);
    const made = records.filter(({ isDraft }) => !isDraft);
    return made.sort((a, b) => b.project.created_at.localeCompare(a.project.created_at));
  }

  /** The write that keeps a project. */
  put(record: ProjectRecord): DocumentWrite {
    return { collection: COLLECTION, id: record.project.id, value: record };
  }

  /** The write that forgets a project. */
  delete(project_id: string): DocumentWrite {
    return { collection: COLLECTION, id: project_id, value: null };
  }

  /** Makes a project at once. */
  async add(request: CreateProject, owner: string | undefined): Promise<Project> {
    const project = newProject(request);
    await this.store.documents.write([this.put({ project, ...(owner !== undefined && { owner }) })]);
    return project;
  }
}

/** A project of now with an id of its own. */
export function newProject({ title, description, github_repo }: CreateProject): Project {
  const now = new Date().toISOString();
  return {
    id: randomUUID(),
    title: title.trim(),
    ...(description?.trim() && { description: description.trim() }),
    ...(github_repo && { github_repo }),
    created_at: now,
    updated_at: now,
  };
}
