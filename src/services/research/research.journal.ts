import type { ContractEvent, EventName, EventPayload } from '@switchyard/contract';
import {
  foldResearch,
  type EngineResult,
  type ResearchError,
  type ResearchLogEntry,
  type ResearchPhase,
  type ResearchProgress,
  type ResearchReport,
  type ResearchState,
  type ResearchTypes,
} from '@switchyard/services';

/** Sends an event together with the state it leads to. */
export type Tell = <E extends EventName<ResearchTypes>>(
  event: E,
  payload: EventPayload<ResearchTypes, E>,
  state: ResearchState,
) => Promise<unknown>;

/** Writes down how a research goes: each event with the state that follows from it. */
export class ResearchJournal {
  constructor(
    private current: ResearchState,
    private readonly tell: Tell,
  ) {}

  get state(): ResearchState {
    return this.current;
  }

  /** Begins a phase; `progress` is how much of the whole is done. */
  enter(phase: ResearchPhase, progress: number, message: string): Promise<unknown> {
    return this.go({ status: 'in_progress', phase, progress, message, log_entry: entry(message, 'info') });
  }

  /** Says that something was done. */
  note(progress: number, message: string): Promise<unknown> {
    return this.go({ status: 'in_progress', progress, log_entry: entry(message, 'info') });
  }

  /** Says that something failed which can be done without. */
  warn(progress: number, message: string, error?: ResearchError): Promise<unknown> {
    const log_entry = entry(message, 'warning');
    return this.go({ status: 'in_progress', progress, log_entry, ...(error && { error }) });
  }

  /** Says what an engine found. */
  select(payload: EngineResult): Promise<unknown> {
    return this.write({ event: 'search_engine_selected', payload });
  }

  complete(report: ResearchReport): Promise<unknown> {
    return this.write({ event: 'research_completed', payload: { report } });
  }

  fail(error: ResearchError): Promise<unknown> {
    const { message } = error;
    return this.go({ status: 'failed', message, error, log_entry: entry(message, 'error') });
  }

  cancel(message: string): Promise<unknown> {
    return this.go({ status: 'cancelled', message, log_entry: entry(message, 'info') });
  }

  private go(change: Partial<ResearchProgress> & Pick<ResearchProgress, 'status'>): Promise<unknown> {
    const { research_id, progress } = this.current;
    const payload = { research_id, ...change, progress: Math.max(progress, Math.round(change.progress ?? 0)) };
    return this.write({ event: 'research_progress', payload });
  }

  private write(event: ContractEvent<ResearchTypes>): Promise<unknown> {
    this.current = foldResearch(this.current, event);
    return this.tell(event.event, event.payload, this.current);
  }
}

function entry(message: string, type: ResearchLogEntry['type']): ResearchLogEntry {
  return { message, type, time: new Date().toISOString() };
}
