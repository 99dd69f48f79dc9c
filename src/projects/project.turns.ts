import { Injectable } from '@nestjs/common';
import PQueue from 'p-queue';

/**
 * Lets only one change at a time be made to a project's tasks, so that of two made from the same version one is told.
 *
 * It holds within this process. Several nodes need what it guards, the reading of a task and the write that depends on
 * it, in one transaction of the store: this class is the one place that changes for it.
 */
@Injectable()
export class ProjectTurns {
  private readonly queues = new Map<string, PQueue>();

  /** Does `change` when those before it are through. @throws what it throws */
  take<T>(project_id: string, change: () => Promise<T>): Promise<T> {
    let queue = this.queues.get(project_id);
    if (!queue) {
      this.queues.set(project_id, (queue = new PQueue({ concurrency: 1 })));
      queue.on('idle', () => this.queues.delete(project_id));
    }
    return queue.add(change);
  }
}
