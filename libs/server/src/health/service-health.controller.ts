import { Controller, Get, Header, Param, UseGuards } from '@nestjs/common';
import type { ServiceHealth } from '@switchyard/contract';
import { AdminGuard } from '../stages/admin.guard.js';
import { HealthWatch } from './health.watch.js';

/** Serves how the clients of a service fare on the new wire. */
@Controller('admin/migration')
@UseGuards(AdminGuard)
export class ServiceHealthController {
  constructor(private readonly watch: HealthWatch) {}

  @Get(':service/health')
  @Header('Cache-Control', 'no-store')
  of(@Param('service') service: string): ServiceHealth {
    return this.watch.of(service);
  }
}
