import { ServiceClient, type Realtime } from '@switchyard/client';
import type { Observable } from 'rxjs';
import type { CreateProject } from '../project/project.dto.js';
import type { CreationProgress, CreationStatus } from './creation.progress.js';
import { projectCreation, type ProjectCreationTypes } from './project-creation.contract.js';
import { projectCreationLegacy } from './project-creation.legacy.js';

/** Has projects created and follows how that goes. */
export class ProjectCreationService extends ServiceClient<ProjectCreationTypes> {
  constructor(realtime: Realtime) {
    super(realtime, projectCreation, { legacy: projectCreationLegacy });
  }

  /** A creation's progress: where it is, then each update; completes with the creation, fails with a `Fault`. */
  progress(id: string): Observable<CreationProgress> {
    return this.room(id).fold((_, { payload }) => payload);
  }

  /** Begins to create a project and returns the id under which that can be followed. */
  async create(request: CreateProject): Promise<string> {
    return (await this.call('create_project', request)).progress_id;
  }

  /** Cancels a creation, of which nothing is kept; returns how it ended, since it may have been completed first. */
  async cancel(id: string): Promise<CreationStatus> {
    return (await this.call('cancel_creation', { progress_id: id })).status;
  }
}
