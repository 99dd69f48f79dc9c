import { defineService } from '@switchyard/contract';
import type { CreateProject } from '../project/project.dto.js';
import { isCreationOver, type CreationProgress, type CreationStatus } from './creation.progress.js';
import type { CancelCreation } from './project-creation.dto.js';

/** The payload types of the project-creation service. */
export interface ProjectCreationTypes {
  room: { progress_id: string };
  calls: {
    create_project: { payload: CreateProject; reply: { progress_id: string } };
    /** The reply comes when the creation is over; its status may be `completed`. */
    cancel_creation: { payload: CancelCreation; reply: { progress_id: string; status: CreationStatus } };
  };
  events: {
    project_progress: CreationProgress;
    project_completed: CreationProgress;
    project_error: CreationProgress;
  };
  snapshot: CreationProgress;
}

const terminal = ({ status }: CreationProgress) => isCreationOver(status);

/** The contract of the project-creation service. */
export const projectCreation = defineService<ProjectCreationTypes>()({
  name: 'project-creation',
  kind: 'state',
  room: { prefix: 'creation', key: 'progress_id' },
  join: ['join_creation', 'subscribe_progress'],
  leave: ['leave_creation', 'unsubscribe_progress'],
  snapshot: 'project_progress',
  calls: { create_project: {}, cancel_creation: { repeatable: true } },
  events: { project_progress: { terminal }, project_completed: { terminal }, project_error: { terminal } },
});
