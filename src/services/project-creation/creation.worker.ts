import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { RunAborted, STORE, type RunAbortReason, type Store } from '@switchyard/server';
import type { CreateProject } from '@switchyard/services/project/project.dto';
import { MODEL, type ModelClient } from '../../model/index.js';
import { ProjectDocuments, ProjectRemoval, Projects, Tasks } from '../../projects/index.js';
import { StepFailure } from './creation.failure.js';
import { CreationStore, type StoredCreation } from './creation.store.js';
import { CreationReporter, type Publish } from './creation.reporter.js';
import { CreationSteps } from './creation.steps.js';

/** Creates projects, and deletes the parts that a failed creation has stored. */
@Injectable()
export class CreationWorker {
  private readonly logger = new Logger(CreationWorker.name);

  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(MODEL) private readonly model: ModelClient | undefined,
    private readonly projects: Projects,
    private readonly tasks: Tasks,
    private readonly documents: ProjectDocuments,
    private readonly removal: ProjectRemoval,
    private readonly creations: CreationStore,
  ) {}

  /** Makes a new creation without storing it. */
  draft(request: CreateProject, owner: string | undefined): StoredCreation {
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

  /** Creates a project, or publishes why that failed and keeps nothing; resolves once the end is published. */
  async work(creation: StoredCreation, signal: AbortSignal, publish: Publish): Promise<void> {
    const { store, projects, tasks, documents, model } = this;
    const reporter = new CreationReporter(creation, this.creations, publish);
    try {
      signal.throwIfAborted();
      const tools = { store, projects, tasks, documents, model };
      const { project, writes, summary } = await new CreationSteps(tools, creation, reporter, signal).execute();
      await reporter.end('completed', summary, writes, { project });
    } catch (thrown) {
      const reason = RunAborted.of(signal);
      await (reason ? this.abort(reporter, creation, reason) : this.fail(reporter, creation, thrown));
    }
  }

  /** Ends a creation whose process died, and deletes the parts that it has stored. */
  async endOrphan(creation: StoredCreation, publish: Publish): Promise<void> {
    await this.abort(new CreationReporter(creation, this.creations, publish), creation, 'interrupted');
  }

  // One transaction deletes the unfinished project and publishes the end.
  private async abort(
    reporter: CreationReporter,
    { project_id }: StoredCreation,
    reason: RunAbortReason,
  ): Promise<void> {
    const writes = await this.removal.writes(project_id);
    if (reason === 'stopped') return reporter.end('cancelled', 'Cancelled; nothing was kept', writes);
    await reporter.end('failed', 'interrupted: the server was stopped; nothing was kept', writes);
  }

  private async fail(reporter: CreationReporter, { project_id }: StoredCreation, thrown: unknown): Promise<void> {
    const failure = thrown instanceof StepFailure ? thrown : new StepFailure('finalizing', thrown);
    if (!(failure.cause instanceof Fault)) this.logger.error(failure.cause);
    await reporter.end('failed', failure.message, await this.removal.writes(project_id));
  }
}
