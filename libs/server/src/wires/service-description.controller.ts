import { Controller, Get, Header, Param, UseGuards } from '@nestjs/common';
import { describeContract, type ServiceDescription } from '@switchyard/contract';
import { ServiceRegistry } from '../service/service.registry.js';
import { AdminGuard } from '../stages/admin.guard.js';
import { RoomsInUse } from './rooms.in.use.js';
import { Wires } from './wires.js';

/** Describes a service to tools that do not have its code. */
@Controller('admin/migration')
@UseGuards(AdminGuard)
export class ServiceDescriptionController {
  constructor(
    private readonly registry: ServiceRegistry,
    private readonly wires: Wires,
    private readonly rooms: RoomsInUse,
  ) {}

  @Get(':service/description')
  @Header('Cache-Control', 'no-store')
  async of(@Param('service') name: string): Promise<ServiceDescription> {
    const service = this.registry.get(name);
    return {
      service: name,
      contract: describeContract(service.contract),
      wires: this.wires.pathsOf(service),
      rooms: await this.rooms.of(name),
    };
  }
}
