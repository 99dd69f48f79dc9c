import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { defineFaults, Fault } from '@switchyard/contract';
import { REALTIME_OPTIONS, type ResolvedOptions } from '../options/realtime.options.js';
import { ServiceRegistry } from '../service/service.registry.js';
import { OLD_WIRE } from '../service/service.wires.js';
import { Stages } from '../stages/stages.js';
import { ConnectedClients } from './connected.clients.js';
import { OldWireUsage } from './old.wire.usage.js';

defineFaults({
  'stage.in_use': {
    status: 409,
    recoverable: false,
    message: 'unable to retire the service; its old wire was in use, or was not observed for long enough',
    help: 'Move the clients in details first, or retire the service with force.',
  },
});

const DAY_MS = 24 * 60 * 60 * 1000;

/** Lets nobody retire a service whose old wire is still in use, unless with force. */
@Injectable()
export class Retirement implements OnModuleInit {
  private readonly days: number;

  constructor(
    private readonly registry: ServiceRegistry,
    private readonly stages: Stages,
    private readonly clients: ConnectedClients,
    private readonly usage: OldWireUsage,
    @Inject(REALTIME_OPTIONS) { retireAfterDays }: Pick<ResolvedOptions, 'retireAfterDays'>,
  ) {
    this.days = retireAfterDays;
  }

  onModuleInit(): void {
    this.stages.guardRetirement((service) => this.check(service));
  }

  /** @throws Fault `stage.in_use`, `store.unavailable` */
  private async check(name: string): Promise<void> {
    const service = this.registry.get(name);
    if (this.days === 0 || !service.wires.hasOldEndpoint) return;
    const { since, last_seen_at, clients } = await this.usage.of(service);
    const open = await this.openOn(name);
    const lately = Date.now() - this.days * DAY_MS;
    const isLate = (time: string | undefined) => time !== undefined && Date.parse(time) > lately;
    if (open === 0 && !isLate(since) && !isLate(last_seen_at)) return;
    throw new Fault('stage.in_use', {
      service: name,
      days: this.days,
      since,
      open,
      clients,
      ...(last_seen_at && { last_seen_at }),
    });
  }

  /** The open connections on the old wires of a service, over all processes. */
  private async openOn(name: string): Promise<number> {
    const { wires } = this.registry.get(name);
    const counts = Object.entries(await this.clients.of(name));
    return counts.reduce((sum, [wire, count]) => sum + (wires.advisedAs(wire) === OLD_WIRE ? count : 0), 0);
  }
}
