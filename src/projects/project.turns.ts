import { Injectable } from '@nestjs/common';
import { changeDocuments } from '@switchyard/server';
import PQueue from 'p-queue';

/**
 * Lets only one change at a time be made to a project's tasks, so that of two made from the same version one is told.
 * Changes of one process wait for each other; one that meets another process's is worked out anew.
 */
@Injectable()
export class ProjectTurns {
  private readonly queues = new Map<string, PQueue>();

  /** Does `change` when those before it are through, perhaps more than once. @throws what it throws */
  take<T>(project_id: string, change: () => Promise<T>): Promise<T> {
    let queue = this.queues.get(project_id);
    if (!queue) {
      this.queues.set(project_id, (queue = new PQueue({ concurrency: 1 })));
      queue.on('idle', () => this.queues.delete(project_id));
    }
    return queue.add(() => changeDocuments(change));
  }
}
