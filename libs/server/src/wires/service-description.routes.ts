import { Injectable } from '@nestjs/common';
import { describeContract, type ServiceDescription } from '@switchyard/contract';
import { ROUTE_GROUPS } from '../routes/http.options.js';
import { Route, RouteGroup, type RouteRequest } from '../routes/route.js';
import { ServiceRegistry } from '../service/service.registry.js';
import { RoomsInUse } from './rooms.in.use.js';
import { Wires } from './wires.js';

/** Describes a service to tools that do not have its code. */
@Injectable()
@RouteGroup('migration', ROUTE_GROUPS.migration, { admin: true })
export class ServiceDescriptionRoutes {
  constructor(
    private readonly registry: ServiceRegistry,
    private readonly wires: Wires,
    private readonly rooms: RoomsInUse,
  ) {}

  @Route('GET', '/:service/description')
  async of({ params }: RouteRequest): Promise<ServiceDescription> {
    const name = params.service!;
    const service = this.registry.get(name);
    return {
      service: name,
      contract: describeContract(service.contract),
      wires: this.wires.pathsOf(service),
      rooms: await this.rooms.of(name),
    };
  }
}
