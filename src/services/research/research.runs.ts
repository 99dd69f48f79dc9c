import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import type { SearchEngine } from './search.engine.js';
import { toResearchError } from './research.error.js';
import type { ResearchJournal } from './research.journal.js';
import { ResearchSettings } from './research.settings.js';
import { Researcher } from './researcher.js';

/** Why a research was stopped by who may. */
class ResearchStop extends Error {
  override readonly name = 'ResearchStop';
}

/** The researches that go on in this process. */
@Injectable()
export class ResearchRuns implements OnModuleDestroy {
  private readonly logger = new Logger(ResearchRuns.name);
  private readonly active = new Map<string, { abort: AbortController; ended: Promise<void> }>();

  constructor(
    private readonly researcher: Researcher,
    private readonly settings: ResearchSettings,
  ) {}

  /** Begins a research in the background; everything about it goes into the journal. */
  begin(journal: ResearchJournal, engines: readonly SearchEngine[]): void {
    const abort = new AbortController();
    const { research_id } = journal.state;
    const ended = this.follow(journal, engines, abort).catch((error: unknown) => this.logger.error(error));
    this.active.set(research_id, { abort, ended: ended.then(() => void this.active.delete(research_id)) });
  }

  /** Whether a research goes on here. */
  has(research_id: string): boolean {
    return this.active.has(research_id);
  }

  /** Stops a research; false when it does not go on here. */
  stop(research_id: string): boolean {
    this.active.get(research_id)?.abort.abort(new ResearchStop());
    return this.active.has(research_id);
  }

  async onModuleDestroy(): Promise<void> {
    for (const { abort } of this.active.values()) abort.abort(new Fault('research.interrupted'));
    await Promise.all([...this.active.values()].map(({ ended }) => ended));
  }

  private async follow(
    journal: ResearchJournal,
    engines: readonly SearchEngine[],
    abort: AbortController,
  ): Promise<void> {
    const limit = setTimeout(() => abort.abort(new Fault('research.timeout')), this.settings.timeoutMs);
    try {
      await journal.complete(await this.researcher.research(journal.state.query, engines, journal, abort.signal));
    } catch (thrown) {
      if (thrown instanceof ResearchStop) await journal.cancel('Stopped');
      else await this.fail(journal, thrown);
    } finally {
      clearTimeout(limit);
    }
  }

  private async fail(journal: ResearchJournal, thrown: unknown): Promise<void> {
    if (!(thrown instanceof Fault)) this.logger.error(thrown);
    await journal.fail(toResearchError(thrown, 'connection'));
  }
}
