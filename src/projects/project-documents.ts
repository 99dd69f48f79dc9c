import { Inject, Injectable } from '@nestjs/common';
import { STORE, type DocumentWrite, type Store } from '@switchyard/server';
import type { ProjectDocument } from '@switchyard/services';

const documentsOf = (project_id: string) => `project_documents:${project_id}`;

/** Stores the documents of projects. */
@Injectable()
export class ProjectDocuments {
  constructor(@Inject(STORE) private readonly store: Store) {}

  /** Lists the documents of a project by id. */
  list(project_id: string): Promise<ProjectDocument[]> {
    return this.store.documents.list<ProjectDocument>(documentsOf(project_id));
  }

  /** Returns the write that stores a document. */
  put(document: ProjectDocument): DocumentWrite {
    return { collection: documentsOf(document.project_id), id: document.id, value: document };
  }

  /** Returns the write that deletes a document. */
  delete({ project_id, id }: ProjectDocument): DocumentWrite {
    return { collection: documentsOf(project_id), id, value: null };
  }
}

/** Creates a document, dated now. */
export function newDocument(project_id: string, id: string, title: string, content: string): ProjectDocument {
  const now = new Date().toISOString();
  return { id, project_id, title, content, created_at: now, updated_at: now };
}
