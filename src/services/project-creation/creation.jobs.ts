import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { STORE, type Store } from '@switchyard/server';
import type { CreationProgress } from '@switchyard/services';
import type { CreateProject } from '@switchyard/services/project.dto';
import PQueue from 'p-queue';
import { MODEL, type ModelClient } from '../../model/index.js';
import { ProjectDocuments, ProjectRemoval, Projects, Tasks } from '../../projects/index.js';
import { CreationAbort, StepFailure } from './creation.failure.js';
import { CreationRecords, type CreationRecord } from './creation.records.js';
import { CreationReport, type Tell } from './creation.report.js';
import { CreationRun } from './creation.run.js';

/** A creation of this process. */
interface Job {
  record: CreationRecord;
  report: CreationReport;
  abort: AbortController;
  isRunning: boolean;
  /** Settles once it is over and that is stored. */
  ended: Promise<void>;
}

/** Creations at once; others wait. */
const MOST_RUNS = 4;
const INTERRUPTED = new CreationAbort('failed', 'interrupted: the server was stopped; nothing was kept');

/** The creations of this process: begins them, cancels them and cleans up after those that fail. */
@Injectable()
export class CreationJobs implements OnModuleDestroy {
  private readonly logger = new Logger(CreationJobs.name);
  private readonly jobs = new Map<string, Job>();
  private readonly queue = new PQueue({ concurrency: MOST_RUNS });

  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(MODEL) private readonly model: ModelClient | undefined,
    private readonly projects: Projects,
    private readonly tasks: Tasks,
    private readonly documents: ProjectDocuments,
    private readonly removal: ProjectRemoval,
    private readonly records: CreationRecords,
  ) {}

  /** Begins a creation in the background; resolves to its id once it is stored that there is one. */
  async start(request: CreateProject, owner: string | undefined, tell: Tell): Promise<string> {
    const progress = newProgress();
    const { progress_id } = progress;
    const record = { progress, request, project_id: randomUUID(), ...(owner !== undefined && { owner }) };
    const report = new CreationReport(record, this.records, tell);
    await report.open();
    const job: Job = { record, report, abort: new AbortController(), isRunning: false, ended: Promise.resolve() };
    this.jobs.set(progress_id, job);
    const run = this.queue.add(() => this.run(job));
    job.ended = run.catch((error: unknown) => this.logger.error(error));
    return progress_id;
  }

  /** Cancels a creation and waits until it is over; resolves to how it ended, undefined when nothing is known of it. */
  async cancel(progress_id: string): Promise<CreationProgress | undefined> {
    const job = this.jobs.get(progress_id);
    if (job) await this.abort(job, new CreationAbort('cancelled', 'Cancelled; nothing was kept'));
    return (await this.records.get(progress_id))?.progress;
  }

  /** Ends a creation that died with an earlier process, and removes what it had made. */
  async interrupt(record: CreationRecord, tell: Tell): Promise<void> {
    await this.rollBack(new CreationReport(record, this.records, tell), record.project_id, INTERRUPTED);
  }

  async onModuleDestroy(): Promise<void> {
    this.queue.pause();
    await Promise.all([...this.jobs.values()].map((job) => this.abort(job, INTERRUPTED)));
  }

  private async abort(job: Job, reason: CreationAbort): Promise<void> {
    job.abort.abort(reason);
    // One that waits its turn need not be waited for.
    await (job.isRunning ? job.ended : this.run(job));
  }

  private async run(job: Job): Promise<void> {
    const { store, projects, tasks, documents, model } = this;
    const { record, report, abort } = job;
    const { progress_id } = report.progress;
    if (job.isRunning || !this.jobs.has(progress_id)) return;
    job.isRunning = true;
    try {
      abort.signal.throwIfAborted();
      const tools = { store, projects, tasks, documents, model };
      const { project, writes, summary } = await new CreationRun(tools, record, report, abort.signal).execute();
      await report.end('completed', summary, writes, { project });
    } catch (thrown) {
      await this.rollBack(report, record.project_id, abort.signal.aborted ? abort.signal.reason : thrown);
    } finally {
      this.jobs.delete(progress_id);
    }
  }

  /** Removes what was made so far and tells why, in one transaction. */
  private async rollBack(report: CreationReport, project_id: string, cause: unknown): Promise<void> {
    const writes = await this.removal.writes(project_id);
    if (cause instanceof CreationAbort) return report.end(cause.status, cause.message, writes);
    const failure = cause instanceof StepFailure ? cause : new StepFailure('finalizing', cause);
    if (!(failure.cause instanceof Fault)) this.logger.error(failure.cause);
    await report.end('failed', failure.message, writes);
  }
}

function newProgress(): CreationProgress {
  return {
    progress_id: randomUUID(),
    status: 'pending',
    percentage: 0,
    step: 'initialization',
    message: 'Waiting to begin',
    logs: [],
    started_at: new Date().toISOString(),
  };
}
