import type { Project } from '../project/project.js';

/** The steps of a creation, with the percentage at which each starts. */
export const CREATION_STEPS = {
  initialization: 0,
  database_setup: 30,
  processing_requirements: 50,
  ai_generation: 70,
  finalizing: 85,
  completed: 100,
} as const;
/** A step of a creation. */
export type CreationStep = keyof typeof CREATION_STEPS;

/** The statuses of a creation. */
export const CREATION_STATUSES = ['pending', 'running', 'completed', 'failed', 'cancelled'] as const;
/** The status of a creation. */
export type CreationStatus = (typeof CREATION_STATUSES)[number];

/** A log line of a creation. */
export interface CreationLogLine {
  at: string;
  level: 'info' | 'warning' | 'error';
  message: string;
}

/** The progress of a creation; times are ISO 8601 with Z, durations seconds, `percentage` 0 to 100 and never falling. */
export interface CreationProgress {
  progress_id: string;
  status: CreationStatus;
  percentage: number;
  /** `failed` after a failed step, which `error` names. */
  step: CreationStep | 'failed';
  message?: string;
  /** The last 50 lines. */
  logs: CreationLogLine[];
  started_at: string;
  eta_s?: number;
  /** The created project, once completed. */
  project?: Project;
  error?: string;
  duration_s?: number;
}

/** Tells whether a status is final. */
export function isCreationOver(status: CreationStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

/** Returns the event name for a status; `cancelled` is not an error. */
export function creationEvent(status: CreationStatus) {
  if (status === 'completed') return 'project_completed';
  return status === 'failed' ? 'project_error' : 'project_progress';
}
