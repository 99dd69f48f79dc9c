import { Body, Controller, Get, Header, Headers, Param, Put, UseGuards } from '@nestjs/common';
import type { MigrationState } from '@switchyard/contract';
import { validatePayload } from '../validation/payload.validation.js';
import { AdminGuard } from './admin.guard.js';
import { StageChange } from './stage.change.dto.js';
import { Stages } from './stages.js';

/** Serves and changes the stages of services. */
@Controller('admin/migration')
@UseGuards(AdminGuard)
export class MigrationController {
  constructor(private readonly stages: Stages) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  all(): { services: MigrationState[] } {
    return { services: this.stages.all() };
  }

  @Get(':service')
  @Header('Cache-Control', 'no-store')
  one(@Param('service') service: string): MigrationState {
    return this.stages.of(service);
  }

  /** Changes a stage; `X-Switchyard-Actor` names the person for the audit. */
  @Put(':service')
  change(
    @Param('service') service: string,
    @Body() body: unknown,
    @Headers('x-switchyard-actor') actor?: string,
  ): Promise<MigrationState> {
    return this.stages.change(service, validatePayload(StageChange, body), actor?.slice(0, 100) ?? 'admin');
  }
}
