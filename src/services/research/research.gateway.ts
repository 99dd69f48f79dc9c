import { randomUUID } from 'node:crypto';
import { Fault } from '@switchyard/contract';
import { BaseRunService, Call, RunLeases, Runs, ServiceGateway, ownerOf, type Caller, root } from '@switchyard/server';
import { research, researchLegacy, type ResearchState } from '@switchyard/services';
import { StartResearch, StopResearch } from '@switchyard/services/research/research.dto';
import { ResearchEngines } from './research.engines.js';
import { toResearchError } from './research.error.js';
import { ResearchReporter } from './research.reporter.js';
import { ResearchSettings } from './research.settings.js';
import { ResearchStore, type StoredResearch } from './research.store.js';
import { ResearchWorker } from './research.worker.js';

/** The research service: each room follows one research. */
@ServiceGateway(research, { wires: [root(researchLegacy)] })
export class ResearchGateway extends BaseRunService<typeof research, StoredResearch> {
  constructor(
    leases: RunLeases,
    settings: ResearchSettings,
    private readonly engines: ResearchEngines,
    private readonly worker: ResearchWorker,
    store: ResearchStore,
  ) {
    super(new Runs(leases, research.name, { limitMs: () => settings.timeoutMs }), store);
  }

  override async snapshot(researchId: string): Promise<ResearchState | undefined> {
    return (await this.store.get(researchId))?.state;
  }

  @Call('start_research')
  async start({ query, engines }: StartResearch, caller: Caller) {
    const owner = ownerOf(caller);
    const chosen = this.engines.chosen(engines, owner);
    const research_id = randomUUID();
    const pending = { research_id, status: 'pending' as const, progress: 0 };
    const state: ResearchState = { ...pending, query, phases: [], engines: [], log: [] };
    const stored: StoredResearch = { state, ...(owner !== undefined && { owner }) };
    await this.runs.begin(
      research_id,
      (signal) => this.worker.work(this.reporter(stored), chosen, signal, owner),
      () => this.commit(research_id, 'research_progress', pending, [this.store.put(stored)]),
    );
    return { research_id };
  }

  @Call('stop_research', { at: 'run' })
  async stop({ research_id }: StopResearch) {
    this.known(await this.store.get(research_id));
    return { research_id, stopping: this.runs.stop(research_id) };
  }

  protected override async endOrphan(stored: StoredResearch): Promise<void> {
    await this.reporter(stored).fail(toResearchError(new Fault('research.interrupted'), 'connection'));
  }

  private reporter(stored: StoredResearch): ResearchReporter {
    return new ResearchReporter(stored, this.store, this.publisherOf(stored.state.research_id));
  }
}
