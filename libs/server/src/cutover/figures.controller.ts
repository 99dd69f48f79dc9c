import { Controller, Get, Header, Param, UseGuards } from '@nestjs/common';
import type { ServiceFigures } from '@switchyard/contract';
import { AdminGuard } from '../stages/admin.guard.js';
import { ConnectedClients } from './connected.clients.js';

/** Serves what is known about a service's clients. */
@Controller('admin/migration')
@UseGuards(AdminGuard)
export class FiguresController {
  constructor(private readonly clients: ConnectedClients) {}

  @Get(':service/figures')
  @Header('Cache-Control', 'no-store')
  async of(@Param('service') service: string): Promise<ServiceFigures> {
    return { service, at: new Date().toISOString(), clients: await this.clients.of(service) };
  }
}
