import { Controller, Get, Header, Param, Query, UseGuards } from '@nestjs/common';
import type { ServiceParity } from '@switchyard/contract';
import { minutesIn } from '../counters/minutes.query.js';
import { ServiceRegistry } from '../service/service.registry.js';
import { AdminGuard } from '../stages/admin.guard.js';
import { ParityRecorder } from './parity.recorder.js';

/** Serves what was found where the wires of a service were compared. */
@Controller('admin/migration')
@UseGuards(AdminGuard)
export class ParityController {
  constructor(
    private readonly registry: ServiceRegistry,
    private readonly recorder: ParityRecorder,
  ) {}

  @Get(':service/parity')
  @Header('Cache-Control', 'no-store')
  of(@Param('service') service: string, @Query('minutes') minutes?: string): Promise<ServiceParity> {
    const asked = minutesIn(minutes);
    return this.recorder.of(this.registry.get(service).contract.name, asked);
  }
}
