import { Inject, Injectable } from '@nestjs/common';
import { RunStore, STORE, type Store } from '@switchyard/server';
import { isCreationOver, type CreationProgress } from '@switchyard/services';
import type { CreateProject } from '@switchyard/services/project/project.dto';

/** A stored creation: its progress, the request, and the id of the project. */
export interface StoredCreation {
  progress: CreationProgress;
  request: CreateProject;
  project_id: string;
  owner?: string;
}

/** Stores the creations. */
@Injectable()
export class CreationStore extends RunStore<StoredCreation> {
  constructor(@Inject(STORE) store: Store) {
    super(
      store,
      'project_creations',
      ({ progress }) => progress.progress_id,
      ({ progress }) => isCreationOver(progress.status),
    );
  }
}
