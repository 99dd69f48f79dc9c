import { Controller, Get, Header, Param, Query, UseGuards } from '@nestjs/common';
import type { ServiceFigures } from '@switchyard/contract';
import { minutesIn } from '../counters/minutes.query.js';
import { ConnectedClients } from '../cutover/connected.clients.js';
import { AdminGuard } from '../stages/admin.guard.js';
import { FiguresReader } from './figures.reader.js';

/** Serves what is known about a service's clients. */
@Controller('admin/migration')
@UseGuards(AdminGuard)
export class FiguresController {
  constructor(
    private readonly clients: ConnectedClients,
    private readonly figures: FiguresReader,
  ) {}

  @Get(':service/figures')
  @Header('Cache-Control', 'no-store')
  async of(@Param('service') service: string, @Query('minutes') minutes?: string): Promise<ServiceFigures> {
    const asked = minutesIn(minutes);
    const clients = await this.clients.of(service);
    return { service, at: new Date().toISOString(), clients, ...(await this.figures.of(service, asked)) };
  }
}
