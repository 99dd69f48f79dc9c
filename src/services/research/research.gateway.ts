import { randomUUID } from 'node:crypto';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { BaseRoomService, Call, ServiceGateway, isOpenTo, ownerOf, type Caller } from '@switchyard/server';
import { isResearchOver, research, researchLegacy, type ResearchState } from '@switchyard/services';
import { StartResearch, StopResearch } from '@switchyard/services/research/research.dto';
import { ResearchEngines } from './research.engines.js';
import { toResearchError } from './research.error.js';
import { ResearchJournal } from './research.journal.js';
import { ResearchRuns } from './research.runs.js';
import { ResearchStore } from './research.store.js';

/** Researches as seen from outside: started and stopped by calls, followed in one room each. */
@ServiceGateway(research, { root: [researchLegacy] })
export class ResearchGateway extends BaseRoomService<typeof research> implements OnApplicationBootstrap {
  constructor(
    private readonly engines: ResearchEngines,
    private readonly runs: ResearchRuns,
    private readonly store: ResearchStore,
  ) {
    super();
  }

  /** Ends the researches that died with an earlier process. */
  async onApplicationBootstrap(): Promise<void> {
    for (const { state, owner } of await this.store.list()) {
      if (isResearchOver(state.status) || this.runs.has(state.research_id)) continue;
      await this.journal(state, owner).fail(toResearchError(new Fault('research.interrupted'), 'connection'));
    }
  }

  override async snapshot(researchId: string): Promise<ResearchState | undefined> {
    return (await this.store.get(researchId))?.state;
  }

  override async authorize(caller: Caller, researchId: string): Promise<boolean> {
    return isOpenTo(caller, (await this.store.get(researchId))?.owner);
  }

  @Call('start_research')
  async start({ query, engines }: StartResearch, caller: Caller) {
    const owner = ownerOf(caller);
    const chosen = this.engines.chosen(engines, owner);
    const research_id = randomUUID();
    const state: ResearchState = {
      research_id,
      query,
      status: 'pending',
      progress: 0,
      phases: [],
      engines: [],
      log: [],
    };
    const pending = { research_id, status: state.status, progress: 0 };
    await this.commit(research_id, 'research_progress', pending, [this.store.put(state, owner)]);
    this.runs.begin(this.journal(state, owner), chosen);
    return { research_id };
  }

  @Call('stop_research')
  async stop({ research_id }: StopResearch) {
    this.known(await this.store.get(research_id));
    return { research_id, stopping: this.runs.stop(research_id) };
  }

  private journal(state: ResearchState, owner: string | undefined): ResearchJournal {
    return new ResearchJournal(state, (event, payload, next) =>
      this.publish(state.research_id, event, payload, [this.store.put(next, owner)]),
    );
  }
}
