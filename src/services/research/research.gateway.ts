import { randomUUID } from 'node:crypto';
import { Fault } from '@switchyard/contract';
import {
  BaseRunService,
  Call,
  RunLeases,
  Runs,
  ServiceGateway,
  isOpenTo,
  ownerOf,
  type Caller,
  root,
} from '@switchyard/server';
import { isResearchOver, research, researchLegacy, type ResearchState } from '@switchyard/services';
import { StartResearch, StopResearch } from '@switchyard/services/research/research.dto';
import { ResearchEngines } from './research.engines.js';
import { toResearchError } from './research.error.js';
import { ResearchJournal } from './research.journal.js';
import { ResearchSettings } from './research.settings.js';
import { ResearchStore, type StoredResearch } from './research.store.js';
import { Researcher } from './researcher.js';

/** Researches as seen from outside: started and stopped by calls, followed in one room each. */
@ServiceGateway(research, { wires: [root(researchLegacy)] })
export class ResearchGateway extends BaseRunService<typeof research, StoredResearch> {
  constructor(
    leases: RunLeases,
    settings: ResearchSettings,
    private readonly engines: ResearchEngines,
    private readonly researcher: Researcher,
    private readonly store: ResearchStore,
  ) {
    super(new Runs(leases, research.name, { limitMs: () => settings.timeoutMs }));
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
    const pending = { research_id, status: 'pending' as const, progress: 0 };
    const state: ResearchState = { ...pending, query, phases: [], engines: [], log: [] };
    await this.runs.begin(
      research_id,
      (signal) => this.researcher.follow(this.journal(state, owner), chosen, signal, owner),
      () => this.commit(research_id, 'research_progress', pending, [this.store.put(state, owner)]),
    );
    return { research_id };
  }

  @Call('stop_research', { at: 'run' })
  async stop({ research_id }: StopResearch) {
    this.known(await this.store.get(research_id));
    return { research_id, stopping: this.runs.stop(research_id) };
  }

  protected override async unfinished(): Promise<string[]> {
    const states = (await this.store.list()).map(({ state }) => state);
    return states.filter(({ status }) => !isResearchOver(status)).map(({ research_id }) => research_id);
  }

  protected override async unfinishedRun(researchId: string): Promise<StoredResearch | undefined> {
    const stored = await this.store.get(researchId);
    return stored && !isResearchOver(stored.state.status) ? stored : undefined;
  }

  protected override async endOrphan({ state, owner }: StoredResearch): Promise<void> {
    await this.journal(state, owner).fail(toResearchError(new Fault('research.interrupted'), 'connection'));
  }

  private journal(state: ResearchState, owner: string | undefined): ResearchJournal {
    return new ResearchJournal(state, (event, payload, next) =>
      this.tell(state.research_id, event, payload, [this.store.put(next, owner)]),
    );
  }
}
