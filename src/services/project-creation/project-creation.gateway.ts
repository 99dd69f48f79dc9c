import type { OnApplicationBootstrap } from '@nestjs/common';
import { BaseRoomService, Call, ServiceGateway, isOpenTo, ownerOf, type Caller } from '@switchyard/server';
import {
  creationEvent,
  isCreationOver,
  projectCreation,
  projectCreationLegacy,
  type CreationProgress,
} from '@switchyard/services';
import { CancelCreation } from '@switchyard/services/project-creation/project-creation.dto';
import { CreateProject } from '@switchyard/services/project.dto';
import { CreationJobs } from './creation.jobs.js';
import { CreationRecords } from './creation.records.js';
import type { Tell } from './creation.report.js';

/** Creations as seen from outside: begun and cancelled by calls, followed in one room each. */
@ServiceGateway(projectCreation, { legacy: [projectCreationLegacy] })
export class ProjectCreationGateway extends BaseRoomService<typeof projectCreation> implements OnApplicationBootstrap {
  constructor(
    private readonly jobs: CreationJobs,
    private readonly records: CreationRecords,
  ) {
    super();
  }

  /** Ends the creations that an earlier process left unfinished. */
  async onApplicationBootstrap(): Promise<void> {
    for (const record of await this.records.unfinished()) await this.jobs.interrupt(record, this.tell);
  }

  override async snapshot(progressId: string): Promise<CreationProgress | undefined> {
    return (await this.records.get(progressId))?.progress;
  }

  override async authorize(caller: Caller, progressId: string): Promise<boolean> {
    return isOpenTo(caller, (await this.records.get(progressId))?.owner);
  }

  @Call('create_project')
  async create(request: CreateProject, caller: Caller) {
    return { progress_id: await this.jobs.start(request, ownerOf(caller), this.tell) };
  }

  @Call('cancel_creation')
  async cancel({ progress_id }: CancelCreation) {
    const { status } = this.known(await this.jobs.cancel(progress_id));
    return { progress_id, status };
  }

  private readonly tell: Tell = (progress, writes) => {
    const { progress_id, status } = progress;
    const event = creationEvent(status);
    // How it begins and how it ends must be safe; what comes between only has to be in order.
    if (status === 'pending' || isCreationOver(status)) return this.commit(progress_id, event, progress, writes);
    return this.publish(progress_id, event, progress, writes);
  };
}
