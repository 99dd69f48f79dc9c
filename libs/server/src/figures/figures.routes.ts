import { Injectable } from '@nestjs/common';
import type { ServiceFigures } from '@switchyard/contract';
import { minutesIn } from '../counters/minutes.query.js';
import { ConnectedClients } from '../cutover/connected.clients.js';
import { ROUTE_GROUPS } from '../routes/http.options.js';
import { Route, RouteGroup, type RouteRequest } from '../routes/route.js';
import { FiguresReader } from './figures.reader.js';

/** Serves what is known about a service's clients. */
@Injectable()
@RouteGroup('migration', ROUTE_GROUPS.migration, { admin: true })
export class FiguresRoutes {
  constructor(
    private readonly clients: ConnectedClients,
    private readonly figures: FiguresReader,
  ) {}

  @Route('GET', '/:service/figures')
  async of({ params, query }: RouteRequest): Promise<ServiceFigures> {
    const service = params.service!;
    const asked = minutesIn(query);
    const clients = await this.clients.of(service);
    return { service, at: new Date().toISOString(), clients, ...(await this.figures.of(service, asked)) };
  }
}
