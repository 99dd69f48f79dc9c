import {
  BaseRunService,
  Call,
  RunLeases,
  Runs,
  ServiceGateway,
  ownerOf,
  type Caller,
  legacy,
} from '@switchyard/server';
import { creationEvent, projectCreation, projectCreationLegacy, type CreationProgress } from '@switchyard/services';
import { CancelCreation } from '@switchyard/services/project-creation/project-creation.dto';
import { CreateProject } from '@switchyard/services/project/project.dto';
import PQueue from 'p-queue';
import type { Publish } from './creation.reporter.js';
import { CreationStore, type StoredCreation } from './creation.store.js';
import { CreationWorker } from './creation.worker.js';

/** Creations at once; others wait. */
const MAX_RUNS = 4;

/** The project-creation service: each room follows the creation of one project. */
@ServiceGateway(projectCreation, { wires: [legacy(projectCreationLegacy)] })
export class ProjectCreationGateway extends BaseRunService<typeof projectCreation, StoredCreation> {
  constructor(
    leases: RunLeases,
    store: CreationStore,
    private readonly worker: CreationWorker,
  ) {
    super(new Runs(leases, projectCreation.name, { queue: new PQueue({ concurrency: MAX_RUNS }) }), store);
  }

  override async snapshot(progressId: string): Promise<CreationProgress | undefined> {
    return (await this.store.get(progressId))?.progress;
  }

  @Call('create_project')
  async create(request: CreateProject, caller: Caller) {
    const creation = this.worker.draft(request, ownerOf(caller));
    const { progress } = creation;
    const { progress_id } = progress;
    await this.runs.begin(
      progress_id,
      (signal) => this.worker.work(creation, signal, this.report),
      () => this.commit(progress_id, 'project_progress', progress, [this.store.put(creation)]),
    );
    return { progress_id };
  }

  @Call('cancel_creation', { at: 'run' })
  async cancel({ progress_id }: CancelCreation) {
    await this.runs.abort(progress_id, 'stopped');
    const { progress } = this.known(await this.store.get(progress_id));
    return { progress_id, status: progress.status };
  }

  protected override async endOrphan(creation: StoredCreation): Promise<void> {
    await this.worker.endOrphan(creation, this.report);
  }

  private readonly report: Publish = (progress, writes) =>
    this.publishRunEvent(progress.progress_id, creationEvent(progress.status), progress, writes);
}
