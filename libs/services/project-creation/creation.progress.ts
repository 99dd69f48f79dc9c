import type { Project } from '../project/project.js';

/** The steps of a creation, and how much of it is done when each begins, in percent. */
export const CREATION_STEPS = {
  initialization: 0,
  database_setup: 30,
  processing_requirements: 50,
  ai_generation: 70,
  finalizing: 85,
  completed: 100,
} as const;
export type CreationStep = keyof typeof CREATION_STEPS;

export const CREATION_STATUSES = ['pending', 'running', 'completed', 'failed', 'cancelled'] as const;
export type CreationStatus = (typeof CREATION_STATUSES)[number];

export interface CreationLogLine {
  at: string;
  level: 'info' | 'warning' | 'error';
  message: string;
}

/** Where a creation is; times are ISO 8601 with Z, durations seconds, `percentage` 0 to 100 and never backwards. */
export interface CreationProgress {
  progress_id: string;
  status: CreationStatus;
  percentage: number;
  /** `failed` once one of the steps has failed; `error` says which. */
  step: CreationStep | 'failed';
  message?: string;
  /** The last 50 lines. */
  logs: CreationLogLine[];
  started_at: string;
  eta_s?: number;
  /** What was created, once it is completed. */
  project?: Project;
  error?: string;
  duration_s?: number;
}

/** Whether a creation in this status is over. */
export function isCreationOver(status: CreationStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

/** The event that tells of a creation in this status; one that was cancelled has not failed. */
export function creationEvent(status: CreationStatus) {
  if (status === 'completed') return 'project_completed';
  return status === 'failed' ? 'project_error' : 'project_progress';
}
