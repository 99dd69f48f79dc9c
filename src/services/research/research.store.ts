import { Inject, Injectable } from '@nestjs/common';
import { Collection, STORE, type DocumentWrite, type Store } from '@switchyard/server';
import type { ResearchState } from '@switchyard/services';

/** A research as it is stored; it is its owner's, or nobody's. */
export interface StoredResearch {
  state: ResearchState;
  owner?: string;
}

/** The researches that were ever started, by their `research_id`. */
@Injectable()
export class ResearchStore extends Collection<StoredResearch> {
  constructor(@Inject(STORE) store: Store) {
    super(store, 'researches');
  }

  /** The write that keeps a research. */
  put(state: ResearchState, owner: string | undefined): DocumentWrite {
    return this.write(state.research_id, { state, ...(owner !== undefined && { owner }) });
  }
}
