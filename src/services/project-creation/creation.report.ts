import type { DocumentWrite } from '@switchyard/server';
import {
  CREATION_STEPS,
  isCreationOver,
  type CreationLogLine,
  type CreationProgress,
  type CreationStatus,
  type CreationStep,
} from '@switchyard/services';
import type { CreationRecord, CreationRecords } from './creation.records.js';

/** Sends a progress to the creation's room together with the writes; one that is over is durable when it resolves. */
export type Tell = (progress: CreationProgress, writes: readonly DocumentWrite[]) => Promise<unknown>;

const MAX_LINES = 50;

/** Keeps where one creation is; each change goes to the room and to the store in one transaction. */
export class CreationReport {
  private readonly began: number;

  constructor(
    private record: CreationRecord,
    private readonly records: CreationRecords,
    private readonly tell: Tell,
  ) {
    this.began = Date.parse(record.progress.started_at);
  }

  /** Where the creation is; no later change touches this object. */
  get progress(): CreationProgress {
    return this.record.progress;
  }

  /** Goes on to a step. */
  enter(step: CreationStep, message: string): void {
    const percentage = CREATION_STEPS[step];
    const left_s = percentage > 0 ? (this.elapsed_s / percentage) * (100 - percentage) : undefined;
    void this.change({
      status: 'running',
      step,
      percentage,
      message,
      logs: this.logged('info', message),
      ...(left_s !== undefined && { eta_s: Math.ceil(left_s) }),
    });
  }

  /** Says what the step is at. */
  say(message: string): void {
    void this.change({ message });
  }

  /** Adds a line to the log. */
  log(level: CreationLogLine['level'], message: string): void {
    void this.change({ logs: this.logged(level, message) });
  }

  /** Ends the creation, with the writes that make its outcome true; resolves once that is durable. */
  async end(
    status: Extract<CreationStatus, 'completed' | 'failed' | 'cancelled'>,
    message: string,
    writes: readonly DocumentWrite[],
    more: Pick<CreationProgress, 'project'> = {},
  ): Promise<void> {
    const { eta_s: _, ...rest } = this.progress;
    this.record = { ...this.record, progress: rest };
    const change: Partial<CreationProgress> = {
      status,
      message,
      duration_s: Math.round(this.elapsed_s * 1000) / 1000,
      logs: this.logged(status === 'failed' ? 'error' : 'info', message),
      ...(status === 'completed' && { step: 'completed', percentage: CREATION_STEPS.completed }),
      ...(status === 'failed' && { step: 'failed', error: message }),
      ...more,
    };
    await this.change(change, writes);
  }

  private get elapsed_s(): number {
    return Math.max(0, Date.now() - this.began) / 1000;
  }

  private logged(level: CreationLogLine['level'], message: string): CreationLogLine[] {
    return [...this.progress.logs, { at: new Date().toISOString(), level, message }].slice(-MAX_LINES);
  }

  private async change(change: Partial<CreationProgress>, writes: readonly DocumentWrite[] = []): Promise<void> {
    this.record = { ...this.record, progress: { ...this.progress, ...change } };
    const told = this.tell(this.progress, [this.records.put(this.record), ...writes]);
    // While it goes on, a progress that is lost is made good by the next; the end is waited for.
    if (isCreationOver(this.progress.status)) await told;
  }
}
