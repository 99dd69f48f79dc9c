import type { DocumentWrite } from '@switchyard/server';
import {
  CREATION_STEPS,
  isCreationOver,
  type CreationLogLine,
  type CreationProgress,
  type CreationStatus,
  type CreationStep,
} from '@switchyard/services';
import type { CreationStore, StoredCreation } from './creation.store.js';

/** Publishes a progress in the room of the creation, with the writes that belong to it; the last one is durable. */
export type Publish = (progress: CreationProgress, writes: readonly DocumentWrite[]) => Promise<unknown>;

const MAX_LINES = 50;

/** Publishes the progress of a creation, each change with its writes in one transaction. */
export class CreationReporter {
  private readonly began: number;

  constructor(
    private creation: StoredCreation,
    private readonly store: CreationStore,
    private readonly publish: Publish,
  ) {
    this.began = Date.parse(creation.progress.started_at);
  }

  /** The current progress; a change makes a new object. */
  get progress(): CreationProgress {
    return this.creation.progress;
  }

  /** Begins a step. */
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

  /** Changes the message of the step. */
  say(message: string): void {
    void this.change({ message });
  }

  /** Adds a line to the log. */
  log(level: CreationLogLine['level'], message: string): void {
    void this.change({ logs: this.logged(level, message) });
  }

  /** Ends the creation, with the writes that belong to its outcome; resolves once the end is durable. */
  async end(
    status: Extract<CreationStatus, 'completed' | 'failed' | 'cancelled'>,
    message: string,
    writes: readonly DocumentWrite[],
    more: Pick<CreationProgress, 'project'> = {},
  ): Promise<void> {
    const { eta_s: _, ...rest } = this.progress;
    this.creation = { ...this.creation, progress: rest };
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
    this.creation = { ...this.creation, progress: { ...this.progress, ...change } };
    const published = this.publish(this.progress, [this.store.put(this.creation), ...writes]);
    // The next progress replaces one that is lost; so only the end is awaited.
    if (isCreationOver(this.progress.status)) await published;
  }
}
