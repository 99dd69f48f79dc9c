import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { RealtimeConfig, ServiceAddress } from '@switchyard/contract';
import type { Caller } from '../caller/caller.js';
import { CallSizes } from '../dispatch/call.sizes.js';
import { HttpCallers } from '../http/http.caller.js';
import { HttpFault } from '../http/http.fault.js';
import { rawRequest, requestQuery, type ControllerRequest } from '../http/request.target.js';
import { REALTIME_OPTIONS, type ResolvedOptions } from '../options/realtime.options.js';
import { DEFAULT_SOCKET_IO_PATH, socketIoPath } from '../options/socketio.options.js';
import { ShadowSample } from '../parity/shadow.sample.js';
import { ServiceRegistry } from '../service/service.registry.js';
import type { ServiceRuntime } from '../service/service.runtime.js';
import { Stages } from '../stages/stages.js';
import { Wires } from './wires.js';

/** Makes the document that clients read before they connect, also for an address of the application's own. */
@Injectable()
export class ClientConfig {
  constructor(
    private readonly registry: ServiceRegistry,
    private readonly stages: Stages,
    private readonly sample: ShadowSample,
    private readonly wires: Wires,
    private readonly callers: HttpCallers,
    private readonly sizes: CallSizes,
    @Inject(REALTIME_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  /**
   * The document for the client behind a request; a client that cannot prove who it is counts as anonymous.
   *
   * @throws HttpFault with `auth.*` when the request has a token that is refused
   */
  of(request: ControllerRequest): Promise<RealtimeConfig> {
    return HttpFault.instead(this.make(rawRequest(request)));
  }

  /** The configured limits, and as `max_message_bytes` the largest message that any of the named services accepts. */
  limits(services: readonly string[]): Record<string, number> {
    const sizes = services.map((name) => this.sizes.ofService(name));
    return { ...this.options.limits, max_message_bytes: Math.max(this.options.maxCallBytes, ...sizes) };
  }

  private async make(request: IncomingMessage): Promise<RealtimeConfig> {
    const caller = await this.callers.ofOrAnonymous(request, 'polling', requestQuery(request));
    const { client_id } = caller;
    const all = this.registry.all();
    const services = await Promise.all(all.map((service) => this.address(service, caller)));
    return {
      version: '1.0',
      server_time: new Date().toISOString(),
      ...(client_id && { client_id }),
      features: this.options.features,
      limits: this.limits(all.map(({ contract }) => contract.name)),
      ...socketIoPathIn(this.options),
      services: Object.fromEntries(services),
    };
  }

  private async address(service: ServiceRuntime, caller: Caller): Promise<[string, ServiceAddress]> {
    const { contract } = service;
    const { stage } = this.stages.of(contract.name);
    const wire = await this.stages.wire(contract.name, caller);
    const shadow = await this.sample.wireOf(contract.name, caller);
    const wires = this.wires.pathsOf(service);
    const { namespace } = contract;
    // Our client connects to a socket with topics as to any other old wire.
    const { legacy = wires.topics, polling } = wires;
    const paths = { namespace, ...(legacy && { legacy_path: legacy }), ...(polling && { poll_path: polling }), wires };
    const advised = service.wires.hosted.length > 0 && { advised: await this.stages.advised(contract.name, caller) };
    return [contract.name, { wire, stage, ...advised, ...paths, ...(shadow && { shadow }) }];
  }
}

/** The path of the Socket.IO server, where a client would not find it by itself. */
function socketIoPathIn({ socketio }: ResolvedOptions): Pick<RealtimeConfig, 'socketio_path'> {
  const socketio_path = socketIoPath(socketio);
  return socketio_path === DEFAULT_SOCKET_IO_PATH ? {} : { socketio_path };
}
