import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { Fault, type PollRequest, type ControlMessage } from '@switchyard/contract';
import type { Caller } from '../../caller/caller.js';
import { requestQuery } from '../../http/request.target.js';
import { ROUTE_GROUPS } from '../../routes/http.options.js';
import { RoutePaths } from '../../routes/route.paths.js';
import type { JoinRequest } from '../../service/join.request.js';
import { ServiceRegistry } from '../../service/service.registry.js';
import type { ServiceRuntime } from '../../service/service.runtime.js';
import { WireDependencies } from '../wire.dependencies.js';
import type { Wire } from '../wire.js';
import { EventSourceConnection } from './event-source.connection.js';
import { PageConnection, type AskedRoom } from './page.connection.js';
import type { SseConnection } from './sse.connection.js';
import { SseService } from './sse.service.js';
import { SseStream } from './sse.stream.js';

/** The wire of Server-Sent Events: one room for any `EventSource`, or all rooms of a page for our client. */
@Injectable()
export class SseWire implements Wire {
  readonly name = 'sse';
  private readonly services = new Map<string, SseService>();
  private readonly open = new Set<SseConnection>();
  private isClosed = false;

  constructor(
    private readonly registry: ServiceRegistry,
    private readonly wires: WireDependencies,
    private readonly paths: RoutePaths,
  ) {}

  serve(services: readonly ServiceRuntime[]): void {
    for (const service of services) {
      const served = new SseService(service);
      service.wires.add(served);
      this.services.set(service.contract.name, served);
    }
  }

  path({ contract }: ServiceRuntime): string | undefined {
    return this.paths.has('events') ? `${this.paths.of(ROUTE_GROUPS.events)}/${contract.name}` : undefined;
  }

  connections(): Iterable<SseConnection> {
    return this.open;
  }

  broadcast(message: ControlMessage): void {
    for (const connection of this.open) connection.control(message);
  }

  holds(path: string): boolean {
    return `${path}/`.startsWith(`${this.paths.of(ROUTE_GROUPS.events)}/`);
  }

  close(): void {
    this.isClosed = true;
    for (const connection of this.open) connection.end();
  }

  /** The caller who opens a stream, which counts as one poll. @throws Fault `service.draining`, `origin.refused`, `auth.*`, `rate.limited` */
  async caller(request: IncomingMessage): Promise<Caller> {
    this.checkOpen();
    const caller = await this.wires.callers.of(request, this.name, requestQuery(request));
    await this.wires.rates.countJoin(caller);
    return caller;
  }

  /** Opens the stream of one room; its response begins with the join. @throws Fault as a join is refused */
  async openRoom(
    response: ServerResponse,
    caller: Caller,
    { service: name, key }: { service: string; key: string },
    request: JoinRequest,
  ): Promise<void> {
    const { contract } = this.registry.get(name);
    const connection = new EventSourceConnection(this.streamOf(response), caller, contract);
    await this.services.get(name)!.join(connection, key, request, (reply) => {
      this.checkOpen();
      this.follow(connection);
      connection.welcome(reply, request.since);
    });
  }

  /** Opens the stream of a page's rooms; each is answered on it. */
  async openPage(response: ServerResponse, caller: Caller, rooms: PollRequest['rooms']): Promise<void> {
    this.checkOpen();
    const { pingIntervalMs, pingTimeoutMs } = this.wires.options;
    const connection = new PageConnection(this.streamOf(response), caller, pingIntervalMs + pingTimeoutMs);
    if (!connection.open) return;
    this.follow(connection);
    const join = async ({ service, key, ...request }: PollRequest['rooms'][number], index: number) => {
      const asked: AskedRoom = { service, key, index };
      try {
        this.registry.get(service);
        await this.services.get(service)!.join(connection, key, request, (reply) => connection.joined(asked, reply));
      } catch (thrown) {
        connection.refused(asked, Fault.from(thrown).toBody());
      }
    };
    await Promise.all(rooms.map(join));
  }

  private follow(connection: SseConnection): void {
    connection.start();
    this.open.add(connection);
    const left = this.wires.connections.enter(connection.caller, connection.id, connection);
    const ended = this.wires.credentials.enter(connection);
    connection.onClose(() => {
      this.open.delete(connection);
      left?.();
      ended();
    });
  }

  private streamOf(response: ServerResponse): SseStream {
    return new SseStream(response, this.wires.options.pingIntervalMs);
  }

  private checkOpen(): void {
    if (this.isClosed || this.wires.router.draining) throw new Fault('service.draining');
  }
}
