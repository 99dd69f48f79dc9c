import { Injectable } from '@nestjs/common';
import type { ServiceHealth } from '@switchyard/contract';
import { ROUTE_GROUPS } from '../routes/http.options.js';
import { Route, RouteGroup, type RouteRequest } from '../routes/route.js';
import { HealthWatch } from './health.watch.js';

/** Serves how the clients of a service fare on the new wire. */
@Injectable()
@RouteGroup('migration', ROUTE_GROUPS.migration, { admin: true })
export class ServiceHealthRoutes {
  constructor(private readonly watch: HealthWatch) {}

  @Route('GET', '/:service/health')
  of({ params }: RouteRequest): ServiceHealth {
    return this.watch.of(params.service!);
  }
}
