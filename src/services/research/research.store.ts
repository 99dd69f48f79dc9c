import { Inject, Injectable } from '@nestjs/common';
import { RunStore, STORE, type Store } from '@switchyard/server';
import { isResearchOver, type ResearchState } from '@switchyard/services';

/** A stored research; without an owner it is open to everybody. */
export interface StoredResearch {
  state: ResearchState;
  owner?: string;
}

/** Stores the researches. */
@Injectable()
export class ResearchStore extends RunStore<StoredResearch> {
  constructor(@Inject(STORE) store: Store) {
    super(
      store,
      'researches',
      ({ state }) => state.research_id,
      ({ state }) => isResearchOver(state.status),
    );
  }
}
