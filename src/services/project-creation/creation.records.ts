import { Inject, Injectable } from '@nestjs/common';
import { Collection, STORE, type DocumentWrite, type Store } from '@switchyard/server';
import { isCreationOver, type CreationProgress } from '@switchyard/services';
import type { CreateProject } from '@switchyard/services/project/project.dto';

/** A creation as it is stored: where it is, what was asked for and by whom, and the project that it makes. */
export interface CreationRecord {
  progress: CreationProgress;
  request: CreateProject;
  project_id: string;
  owner?: string;
}

/** The creations that were ever begun, by their `progress_id`. */
@Injectable()
export class CreationRecords extends Collection<CreationRecord> {
  constructor(@Inject(STORE) store: Store) {
    super(store, 'project_creations');
  }

  /** Every creation that is stored as going on. */
  async unfinished(): Promise<CreationRecord[]> {
    return (await this.list()).filter(({ progress }) => !isCreationOver(progress.status));
  }

  /** The write that keeps a creation. */
  put(record: CreationRecord): DocumentWrite {
    return this.write(record.progress.progress_id, record);
  }
}
