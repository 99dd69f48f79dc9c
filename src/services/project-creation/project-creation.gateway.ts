import {
  BaseRunService,
  Call,
  RunLeases,
  Runs,
  ServiceGateway,
  isOpenTo,
  ownerOf,
  type Caller,
  legacy,
} from '@switchyard/server';
import {
  creationEvent,
  isCreationOver,
  projectCreation,
  projectCreationLegacy,
  type CreationProgress,
} from '@switchyard/services';
import { CancelCreation } from '@switchyard/services/project-creation/project-creation.dto';
import { CreateProject } from '@switchyard/services/project/project.dto';
import PQueue from 'p-queue';
import { CreationJobs } from './creation.jobs.js';
import { CreationRecords, type CreationRecord } from './creation.records.js';
import type { Tell } from './creation.report.js';

/** Creations at once; others wait. */
const MAX_RUNS = 4;

/** Creations as seen from outside: begun and cancelled by calls, followed in one room each. */
@ServiceGateway(projectCreation, { wires: [legacy(projectCreationLegacy)] })
export class ProjectCreationGateway extends BaseRunService<typeof projectCreation, CreationRecord> {
  constructor(
    leases: RunLeases,
    private readonly jobs: CreationJobs,
    private readonly records: CreationRecords,
  ) {
    super(new Runs(leases, projectCreation.name, { queue: new PQueue({ concurrency: MAX_RUNS }) }));
  }

  override async snapshot(progressId: string): Promise<CreationProgress | undefined> {
    return (await this.records.get(progressId))?.progress;
  }

  override async authorize(caller: Caller, progressId: string): Promise<boolean> {
    return isOpenTo(caller, (await this.records.get(progressId))?.owner);
  }

  @Call('create_project')
  async create(request: CreateProject, caller: Caller) {
    const record = this.jobs.draft(request, ownerOf(caller));
    const { progress } = record;
    const { progress_id } = progress;
    await this.runs.begin(
      progress_id,
      (signal) => this.jobs.run(record, signal, this.report),
      () => this.commit(progress_id, 'project_progress', progress, [this.records.put(record)]),
    );
    return { progress_id };
  }

  @Call('cancel_creation', { at: 'run' })
  async cancel({ progress_id }: CancelCreation) {
    await this.runs.cut(progress_id, 'stopped');
    const { progress } = this.known(await this.records.get(progress_id));
    return { progress_id, status: progress.status };
  }

  protected override async unfinished(): Promise<string[]> {
    return (await this.records.unfinished()).map(({ progress }) => progress.progress_id);
  }

  protected override async unfinishedRun(progressId: string): Promise<CreationRecord | undefined> {
    const record = await this.records.get(progressId);
    return record && !isCreationOver(record.progress.status) ? record : undefined;
  }

  protected override async endOrphan(record: CreationRecord): Promise<void> {
    await this.jobs.bury(record, this.report);
  }

  private readonly report: Tell = (progress, writes) =>
    this.tell(progress.progress_id, creationEvent(progress.status), progress, writes);
}
