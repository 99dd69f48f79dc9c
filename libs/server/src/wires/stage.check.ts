import { Injectable } from '@nestjs/common';
import { Fault, type ServiceContract } from '@switchyard/contract';
import { Stages } from '../stages/stages.js';

/** Refuses clients on wires that the stage of their service does not serve. */
@Injectable()
export class StageCheck {
  constructor(private readonly stages: Stages) {}

  /** Refuses an old wire of a retired service. @throws Fault `service.retired` */
  oldWire({ name: service, namespace }: ServiceContract): void {
    if (this.stages.of(service).stage !== 'retired') return;
    throw new Fault('service.retired', { service, to: 'socketio', namespace });
  }

  /** Refuses the namespace of a service that an operator has closed. @throws Fault `service.closed` */
  namespace({ name }: ServiceContract): void {
    const { closed, stage } = this.stages.of(name);
    if (closed && stage !== 'retired') throw new Fault('service.closed', { to: 'legacy' });
  }
}
