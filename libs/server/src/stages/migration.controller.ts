import { Body, Controller, Get, Header, Headers, Param, Put, Query, UseGuards } from '@nestjs/common';
import type { MigrationState, MigrationStatus } from '@switchyard/contract';
import { ServiceRegistry } from '../service/service.registry.js';
import { validatePayload } from '../validation/payload.validation.js';
import { AdminGuard } from './admin.guard.js';
import { AuditQuery } from './audit.query.dto.js';
import { authorOf } from './change.author.js';
import { MigrationAuditReader, type AuditPage } from './migration.audit.js';
import { StageChange } from './stage.change.dto.js';
import { Stages } from './stages.js';

const DEFAULT_AUDIT_LIMIT = 50;

/** Serves and changes the stages of services. */
@Controller('admin/migration')
@UseGuards(AdminGuard)
export class MigrationController {
  constructor(
    private readonly stages: Stages,
    private readonly audit: MigrationAuditReader,
    private readonly registry: ServiceRegistry,
  ) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  all(): { services: MigrationStatus[] } {
    return { services: this.stages.all().map(({ service }) => this.one(service)) };
  }

  @Get(':service')
  @Header('Cache-Control', 'no-store')
  one(@Param('service') service: string): MigrationStatus {
    return { ...this.stages.of(service), switch: this.registry.get(service).wires.change };
  }

  /** The changes of a stage, newest first. */
  @Get(':service/audit')
  @Header('Cache-Control', 'no-store')
  changes(
    @Param('service') service: string,
    @Query('limit') limit?: string,
    @Query('before') before?: string,
  ): Promise<AuditPage> {
    const query = validatePayload(AuditQuery, { before, limit: limit === undefined ? undefined : Number(limit) });
    return this.audit.page(service, query.limit ?? DEFAULT_AUDIT_LIMIT, query.before);
  }

  /** Changes a stage; `X-Switchyard-Actor` names the person for the audit. */
  @Put(':service')
  change(
    @Param('service') service: string,
    @Body() body: unknown,
    @Headers('x-switchyard-actor') actor?: string,
  ): Promise<MigrationState> {
    return this.stages.change(service, validatePayload(StageChange, body), authorOf(actor));
  }
}
