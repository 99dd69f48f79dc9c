import { Controller, Get, Header, Param, Query, UseGuards } from '@nestjs/common';
import type { ServiceFigures } from '@switchyard/contract';
import { ConnectedClients } from '../cutover/connected.clients.js';
import { AdminGuard } from '../stages/admin.guard.js';
import { MAX_MINUTES } from '../store/series.store.js';
import { invalidField } from '../validation/payload.validation.js';
import { FiguresReader } from './figures.reader.js';

const DEFAULT_MINUTES = 60;

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

function minutesIn(text: string | undefined): number {
  if (text === undefined) return DEFAULT_MINUTES;
  const minutes = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (minutes >= 1 && minutes <= MAX_MINUTES) return minutes;
  throw invalidField('minutes', `must be a whole number from 1 to ${MAX_MINUTES}`);
}
