import { Inject, Injectable } from '@nestjs/common';
import { STORE, type DocumentWrite, type Store } from '@switchyard/server';
import type { ProjectDocument } from '@switchyard/services';

const documentsOf = (project_id: string) => `project_documents:${project_id}`;

/** The documents of projects as they are stored. */
@Injectable()
export class ProjectDocuments {
  constructor(@Inject(STORE) private readonly store: Store) {}

  /** Every document of a project, by id. */
  list(project_id: string): Promise<ProjectDocument[]> {
    return this.store.documents.list<ProjectDocument>(documentsOf(project_id));
  }

  /** The write that keeps a document. */
  put(document: ProjectDocument): DocumentWrite {
    return { collection: documentsOf(document.project_id), id: document.id, value: document };
  }

  /** The write that forgets a document. */
  delete({ project_id, id }: ProjectDocument): DocumentWrite {
    return { collection: documentsOf(project_id), id, value: null };
  }
}

/** A document of now. */
export function newDocument(project_id: string, id: string, title: string, content: string): ProjectDocument {
  const now = new Date().toISOString();
  return { id, project_id, title, content, created_at: now, updated_at: now };
}
