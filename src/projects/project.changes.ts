import { Injectable } from '@nestjs/common';
import { changeDocuments, KeyedSerialQueue } from '@switchyard/server';

/**
 * Serializes the changes of each project's tasks, so that of two changes to the same version one gets a conflict.
 *
 * A change that meets one of another process runs again.
 */
@Injectable()
export class ProjectChanges {
  private readonly queue = new KeyedSerialQueue();

  /** Runs `change` after the project's earlier changes, possibly more than once. @throws what it throws */
  run<T>(project_id: string, change: () => Promise<T>): Promise<T> {
    return this.queue.run(project_id, () => changeDocuments(change));
  }
}
