import { Inject, Injectable } from '@nestjs/common';
import { STORE, type DocumentWrite, type Store } from '@switchyard/server';
import type { ResearchState } from '@switchyard/services';

/** A research as it is stored; it is its owner's, or nobody's. */
export interface StoredResearch {
  state: ResearchState;
  owner?: string;
}

const COLLECTION = 'researches';

/** The researches that were ever started, by their `research_id`. */
@Injectable()
export class ResearchStore {
  constructor(@Inject(STORE) private readonly store: Store) {}

  get(research_id: string): Promise<StoredResearch | undefined> {
    return this.store.documents.get<StoredResearch>(COLLECTION, research_id);
  }

  list(): Promise<StoredResearch[]> {
    return this.store.documents.list<StoredResearch>(COLLECTION);
  }

  /** The write that keeps a research. */
  put(state: ResearchState, owner: string | undefined): DocumentWrite {
    const value: StoredResearch = { state, ...(owner !== undefined && { owner }) };
    return { collection: COLLECTION, id: state.research_id, value };
  }
}
