import { ServiceClient, type Realtime } from '@switchyard/client';
import type { Observable } from 'rxjs';
import type { CreateProject } from '../project/project.dto.js';
import type { CreationProgress, CreationStatus } from './creation.progress.js';
import { projectCreation, type ProjectCreationTypes } from './project-creation.contract.js';
import { projectCreationLegacy } from './project-creation.legacy.js';

/** Creates projects and follows their creation. */
export class ProjectCreationService extends ServiceClient<ProjectCreationTypes> {
  constructor(realtime: Realtime) {
    super(realtime, projectCreation, { legacy: projectCreationLegacy });
  }

  /** Observes a creation: its current progress, then each update; completes with the creation, fails with a `Fault`. */
  progress(id: string): Observable<CreationProgress> {
    return this.room(id).fold((_, { payload }) => payload);
  }

  /** Starts to create a project and returns the creation's id. */
  async create(request: CreateProject): Promise<string> {
    return (await this.call('create_project', request)).progress_id;
  }

  /** Cancels a creation, which leaves nothing behind, and returns its final status; it may be `completed`. */
  async cancel(id: string): Promise<CreationStatus> {
    return (await this.call('cancel_creation', { progress_id: id })).status;
  }
}
