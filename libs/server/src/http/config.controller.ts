import type { IncomingMessage } from 'node:http';
import { Controller, Get, Header, Inject, Req } from '@nestjs/common';
import { pollPath, type RealtimeConfig, type ServiceAddress } from '@switchyard/contract';
import { CallSizes } from '../dispatch/call.sizes.js';
import { REALTIME_OPTIONS, type RealtimeOptions } from '../options/realtime.options.js';
import { targetingKey } from '../caller/caller.js';
import { ServiceRegistry } from '../service/service.registry.js';
import type { ServiceRuntime } from '../service/service.runtime.js';
import { Stages } from '../stages/stages.js';
import { HttpCallers } from './http.caller.js';
import { requestQuery } from './request.target.js';

/** Tells clients everything they need before they connect. */
@Controller()
export class ConfigController {
  constructor(
    private readonly registry: ServiceRegistry,
    private readonly stages: Stages,
    private readonly callers: HttpCallers,
    private readonly sizes: CallSizes,
    @Inject(REALTIME_OPTIONS) private readonly options: RealtimeOptions,
  ) {}

  @Get('realtime/config')
  @Header('Cache-Control', 'no-store')
  async config(@Req() request: IncomingMessage): Promise<RealtimeConfig> {
    const caller = await this.callers.ofAnybody(request, 'polling', requestQuery(request));
    const { client_id } = caller;
    const cohort = targetingKey(caller);
    const services = await Promise.all(this.registry.all().map((service) => this.address(service, cohort)));
    return {
      version: '1.0',
      server_time: new Date().toISOString(),
      ...(client_id && { client_id }),
      features: this.options.features,
      limits: this.limits(this.registry.all()),
      services: Object.fromEntries(services),
    };
  }

  /** The same document under the address and with the keys that older clients of the agent socket read. */
  @Get('ws/config')
  @Header('Cache-Control', 'no-store')
  async oldConfig(@Req() request: IncomingMessage): Promise<RealtimeConfig & { websocket_config: object }> {
    const { features } = this.options;
    const agents = this.registry.all().filter(({ multiplexed }) => multiplexed.length > 0);
    return {
      ...(await this.config(request)),
      websocket_config: { version: '1.0', endpoint: '/ws', features, ...this.limits(agents) },
    };
  }

  /** The limits, with the largest message that any of these services takes. */
  private limits(services: readonly ServiceRuntime[]): Record<string, number> {
    const sizes = services.map(({ contract }) => this.sizes.ofService(contract.name));
    return { ...this.options.limits, max_message_bytes: Math.max(this.options.maxCallBytes, ...sizes) };
  }

  private async address(service: ServiceRuntime, cohort: string | undefined): Promise<[string, ServiceAddress]> {
    const { contract, legacy } = service;
    const { stage } = this.stages.of(contract.name);
    const wire = await this.stages.wire(contract.name, cohort);
    const [codec] = legacy;
    return [
      contract.name,
      {
        wire,
        stage,
        namespace: contract.namespace,
        ...(codec && { legacy_path: codec.path }),
        poll_path: pollPath(contract),
      },
    ];
  }
}
