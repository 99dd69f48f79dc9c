import { Injectable } from '@nestjs/common';
import type { MigrationAnswer, MigrationStatus } from '@switchyard/contract';
import { ROUTE_GROUPS } from '../routes/http.options.js';
import { Route, RouteGroup, type RouteRequest } from '../routes/route.js';
import type { HostedPath } from '../service/service.wire.js';
import { ServiceRegistry } from '../service/service.registry.js';
import { validatePayload } from '../validation/payload.validation.js';
import { AuditQuery } from './audit.query.dto.js';
import { authorOf } from './change.author.js';
import { MigrationAuditReader, type AuditPage } from './migration.audit.js';
import { StageChange } from './stage.change.dto.js';
import { Stages } from './stages.js';

const DEFAULT_AUDIT_LIMIT = 50;

/** Serves and changes the stages of services. */
@Injectable()
@RouteGroup('migration', ROUTE_GROUPS.migration, { admin: true })
export class MigrationRoutes {
  constructor(
    private readonly stages: Stages,
    private readonly audit: MigrationAuditReader,
    private readonly registry: ServiceRegistry,
  ) {}

  @Route('GET')
  all(): { services: MigrationStatus[] } {
    return { services: this.stages.all().map(({ service }) => this.status(service)) };
  }

  @Route('GET', '/:service')
  one({ params }: RouteRequest): MigrationStatus {
    return this.status(params.service!);
  }

  /** The changes of a stage, newest first. */
  @Route('GET', '/:service/audit')
  changes({ params, query }: RouteRequest): Promise<AuditPage> {
    const limit = query.get('limit');
    const before = query.get('before');
    const asked = validatePayload(AuditQuery, {
      ...(before !== null && { before }),
      ...(limit !== null && { limit: Number(limit) }),
    });
    return this.audit.page(params.service!, asked.limit ?? DEFAULT_AUDIT_LIMIT, asked.before);
  }

  /** Changes a stage; `X-Switchyard-Actor` names the person for the audit. */
  @Route('PUT', '/:service')
  async change({ request, params, body }: RouteRequest): Promise<MigrationAnswer> {
    const change = validatePayload(StageChange, await body());
    const state = await this.stages.change(params.service!, change, authorOf(request));
    const { warning } = this.stages;
    return { ...state, ...this.notesOn(state.service), ...(warning !== undefined && { warning }) };
  }

  private status(service: string): MigrationStatus {
    return { ...this.stages.of(service), switch: this.registry.get(service).wires.change, ...this.notesOn(service) };
  }

  private notesOn(service: string): Pick<MigrationStatus, 'notes'> {
    const { hosted } = this.registry.get(service).wires;
    return hosted.length > 0 ? { notes: hosted.map(noteOnHosted) } : {};
  }
}

/** What the stage of a service does not guarantee on a path that old code serves. */
function noteOnHosted({ path, by }: HostedPath): string {
  const served = by === 'code' ? "served by the application's own code" : 'proxied to a process of its own';
  const note =
    `${path} is ${served} at every stage but retired, which answers 410. Its clients have no positions and are not told to ` +
    'move: they stay until they leave by themselves, and begin with a snapshot on the new wire.';
  if (by === 'code') return note;
  return `${note} While the process is away they get 502. Clients that reach it by another way are neither counted nor refused.`;
}
