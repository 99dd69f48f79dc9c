import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { RunAborted, STORE, type RunAbortReason, type Store } from '@switchyard/server';
import type { CreateProject } from '@switchyard/services/project/project.dto';
import { MODEL, type ModelClient } from '../../model/index.js';
import { ProjectDocuments, ProjectRemoval, Projects, Tasks } from '../../projects/index.js';
import { StepFailure } from './creation.failure.js';
import { CreationRecords, type CreationRecord } from './creation.records.js';
import { CreationReport, type Tell } from './creation.report.js';
import { CreationRun } from './creation.run.js';

/** Creates projects, and cleans up after creations that fail. */
@Injectable()
export class CreationJobs {
  private readonly logger = new Logger(CreationJobs.name);

  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(MODEL) private readonly model: ModelClient | undefined,
    private readonly projects: Projects,
    private readonly tasks: Tasks,
    private readonly documents: ProjectDocuments,
    private readonly removal: ProjectRemoval,
    private readonly records: CreationRecords,
  ) {}

  /** A creation that has not begun, and is not kept yet. */
  draft(request: CreateProject, owner: string | undefined): CreationRecord {
    return {
      progress: {
        progress_id: randomUUID(),
        status: 'pending',
        percentage: 0,
        step: 'initialization',
        message: 'Waiting to begin',
        logs: [],
        started_at: new Date().toISOString(),
      },
      request,
      project_id: randomUUID(),
      ...(owner !== undefined && { owner }),
    };
  }

  /** Creates a project, or tells why that could not be, with nothing kept; resolves once the end is told. */
  async run(record: CreationRecord, signal: AbortSignal, tell: Tell): Promise<void> {
    const { store, projects, tasks, documents, model } = this;
    const report = new CreationReport(record, this.records, tell);
    try {
      signal.throwIfAborted();
      const tools = { store, projects, tasks, documents, model };
      const { project, writes, summary } = await new CreationRun(tools, record, report, signal).execute();
      await report.end('completed', summary, writes, { project });
    } catch (thrown) {
      const cut = RunAborted.of(signal);
      await (cut ? this.cutShort(report, record, cut) : this.fail(report, record, thrown));
    }
  }

  /** Ends a creation that died with its process, and removes what it had made. */
  async bury(record: CreationRecord, tell: Tell): Promise<void> {
    await this.cutShort(new CreationReport(record, this.records, tell), record, 'interrupted');
  }

  // What was made so far is removed in the transaction that tells why.
  private async cutShort(report: CreationReport, { project_id }: CreationRecord, cut: RunAbortReason): Promise<void> {
    const writes = await this.removal.writes(project_id);
    if (cut === 'stopped') return report.end('cancelled', 'Cancelled; nothing was kept', writes);
    await report.end('failed', 'interrupted: the server was stopped; nothing was kept', writes);
  }

  private async fail(report: CreationReport, { project_id }: CreationRecord, thrown: unknown): Promise<void> {
    const failure = thrown instanceof StepFailure ? thrown : new StepFailure('finalizing', thrown);
    if (!(failure.cause instanceof Fault)) this.logger.error(failure.cause);
    await report.end('failed', failure.message, await this.removal.writes(project_id));
  }
}
