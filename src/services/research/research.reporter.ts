import type { ContractEvent } from '@switchyard/contract';
import type { RoomPublish } from '@switchyard/server';
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
import type { ResearchStore, StoredResearch } from './research.store.js';

/** Publishes an event of a research, with the writes that belong to it. */
export type Publish = RoomPublish<ResearchTypes>;

/** Publishes the progress and the end of a research, and stores the state after each event. */
export class ResearchReporter {
  constructor(
    private research: StoredResearch,
    private readonly store: ResearchStore,
    private readonly publish: Publish,
  ) {}

  /** The current state. */
  get state(): ResearchState {
    return this.research.state;
  }

  /** Begins a phase; `progress` is the part of the research that is done, in percent. */
  enter(phase: ResearchPhase, progress: number, message: string): Promise<unknown> {
    return this.progress({ status: 'in_progress', phase, progress, message, log_entry: entry(message, 'info') });
  }

  /** Logs a finished step. */
  note(progress: number, message: string): Promise<unknown> {
    return this.progress({ status: 'in_progress', progress, log_entry: entry(message, 'info') });
  }

  /** Logs a failure that does not end the research. */
  warn(progress: number, message: string, error?: ResearchError): Promise<unknown> {
    const log_entry = entry(message, 'warning');
    return this.progress({ status: 'in_progress', progress, log_entry, ...(error && { error }) });
  }

  /** Publishes how much an engine found. */
  select(payload: EngineResult): Promise<unknown> {
    return this.report({ event: 'search_engine_selected', payload });
  }

  /** Publishes the report. */
  complete(report: ResearchReport): Promise<unknown> {
    return this.report({ event: 'research_completed', payload: { report } });
  }

  /** Publishes why the research failed. */
  fail(error: ResearchError): Promise<unknown> {
    const { message } = error;
    return this.progress({ status: 'failed', message, error, log_entry: entry(message, 'error') });
  }

  /** Publishes that the research was stopped. */
  cancel(message: string): Promise<unknown> {
    return this.progress({ status: 'cancelled', message, log_entry: entry(message, 'info') });
  }

  private progress(change: Partial<ResearchProgress> & Pick<ResearchProgress, 'status'>): Promise<unknown> {
    const { research_id, progress } = this.state;
    const payload = { research_id, ...change, progress: Math.max(progress, Math.round(change.progress ?? 0)) };
    return this.report({ event: 'research_progress', payload });
  }

  private report(event: ContractEvent<ResearchTypes>): Promise<unknown> {
    this.research = { ...this.research, state: foldResearch(this.state, event) };
    return this.publish(event.event, event.payload, [this.store.put(this.research)]);
  }
}

function entry(message: string, type: ResearchLogEntry['type']): ResearchLogEntry {
  return { message, type, time: new Date().toISOString() };
}
