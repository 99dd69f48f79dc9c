import { Injectable } from '@nestjs/common';
import type { ServiceParity } from '@switchyard/contract';
import { minutesIn } from '../counters/minutes.query.js';
import { ROUTE_GROUPS } from '../routes/http.options.js';
import { Route, RouteGroup, type RouteRequest } from '../routes/route.js';
import { ServiceRegistry } from '../service/service.registry.js';
import { ParityRecorder } from './parity.recorder.js';

/** Serves what was found where the wires of a service were compared. */
@Injectable()
@RouteGroup('migration', ROUTE_GROUPS.migration, { admin: true })
export class ParityRoutes {
  constructor(
    private readonly registry: ServiceRegistry,
    private readonly recorder: ParityRecorder,
  ) {}

  @Route('GET', '/:service/parity')
  of({ params, query }: RouteRequest): Promise<ServiceParity> {
    const asked = minutesIn(query);
    return this.recorder.of(this.registry.get(params.service!).contract.name, asked);
  }
}
