import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { STORE, type DocumentWrite, type Store } from '@switchyard/server';
import type { Project } from '@switchyard/services';
import type { CreateProject } from '@switchyard/services/project/project.dto';

/** A stored project; without an owner it is public. */
export interface ProjectRecord {
  project: Project;
  owner?: string;
  /** Set while the project is being created; drafts are hidden. */
  isDraft?: true;
}

const COLLECTION = 'projects';

/** Stores projects. */
@Injectable()
export class Projects {
  constructor(@Inject(STORE) private readonly store: Store) {}

  /** Finds a project; undefined when it does not exist or is a draft. */
  async find(project_id: string): Promise<ProjectRecord | undefined> {
    const record = await this.store.documents.get<ProjectRecord>(COLLECTION, project_id);
    return record?.isDraft ? undefined : record;
  }

  /** Lists all projects, newest first. */
  async list(): Promise<ProjectRecord[]> {
    const records = await this.store.documents.list<ProjectRecord>(COLLECTION);
    const made = records.filter(({ isDraft }) => !isDraft);
    return made.sort((a, b) => b.project.created_at.localeCompare(a.project.created_at));
  }

  /** Returns the write that stores a project. */
  put(record: ProjectRecord): DocumentWrite {
    return { collection: COLLECTION, id: record.project.id, value: record };
  }

  /** Returns the write that deletes a project. */
  delete(project_id: string): DocumentWrite {
    return { collection: COLLECTION, id: project_id, value: null };
  }

  /** Creates and stores a project. */
  async add(request: CreateProject, owner: string | undefined): Promise<Project> {
    const project = newProject(request);
    await this.store.documents.write([this.put({ project, ...(owner !== undefined && { owner }) })]);
    return project;
  }
}

/** Creates a project with a new id, dated now. */
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
