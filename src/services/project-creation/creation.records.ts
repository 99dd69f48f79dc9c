import { Inject, Injectable } from '@nestjs/common';
import { STORE, type DocumentWrite, type Store } from '@switchyard/server';
import { isCreationOver, type CreationProgress } from '@switchyard/services';
import type { CreateProject } from '@switchyard/services/project.dto';

/** A creation as it is stored: where it is, what was asked for and by whom, and the project that it makes. */
export interface CreationRecord {
  progress: CreationProgress;
  request: CreateProject;
  project_id: string;
  owner?: string;
}

const COLLECTION = 'project_creations';

/** The creations that were ever begun, by their `progress_id`. */
@Injectable()
export class CreationRecords {
  constructor(@Inject(STORE) private readonly store: Store) {}

  /** The creation of this id, undefined when there is none. */
  get(progress_id: string): Promise<CreationRecord | undefined> {
    return this.store.documents.get<CreationRecord>(COLLECTION, progress_id);
  }

  /** Every creation that is stored as going on. */
  async unfinished(): Promise<CreationRecord[]> {
    const records = await this.store.documents.list<CreationRecord>(COLLECTION);
    return records.filter(({ progress }) => !isCreationOver(progress.status));
  }

  /** The write that keeps a creation. */
  put(record: CreationRecord): DocumentWrite {
    return { collection: COLLECTION, id: record.progress.progress_id, value: record };
  }
}
