import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { Fault, type ServiceTypes, type StreamCodec } from '@switchyard/contract';
import { match, type MatchFunction } from 'path-to-regexp';
import { agentOf } from '../../../http/client.agent.js';
import { requestQuery } from '../../../http/request.target.js';
import type { DeclaredWire } from '../../../service/declared.wire.js';
import type { ServiceRuntime } from '../../../service/service.runtime.js';
import { WireDependencies } from '../../wire.dependencies.js';
import type { Wire } from '../../wire.js';
import { SseStream } from '../sse.stream.js';
import { OldStreamConnection } from './old-stream.connection.js';
import { OldStreamService, STREAM } from './old-stream.service.js';

/** The wire of old paths of Server-Sent Events; `OldStreamRoutes` passes their requests on. */
@Injectable()
export class OldStreamWire implements Wire {
  readonly name = STREAM;
  private readonly services = new Map<object, OldStreamService>();
  private readonly open = new Set<OldStreamConnection>();
  private readonly paths: MatchFunction<object>[] = [];
  private isClosed = false;

  constructor(private readonly wires: WireDependencies) {}

  serve(services: readonly ServiceRuntime[]): void {
    for (const service of services) {
      for (const codec of service.wires.codecsOf(OldStreamWire) as StreamCodec<ServiceTypes>[]) {
        const served = new OldStreamService(service, codec);
        this.services.set(codec, served);
        this.paths.push(match(codec.path));
        service.wires.add(served);
      }
    }
  }

  path(service: ServiceRuntime): string | undefined {
    const [codec] = service.wires.codecsOf(OldStreamWire) as StreamCodec<ServiceTypes>[];
    return codec?.path;
  }

  connections(): Iterable<OldStreamConnection> {
    return this.open;
  }

  broadcast(): void {}

  holds(path: string): boolean {
    return this.paths.some((matches) => {
      try {
        return matches(path) !== false;
      } catch {
        // A malformed %-escape names no room.
        return false;
      }
    });
  }

  close(): void {
    this.isClosed = true;
    for (const connection of this.open) connection.end();
  }

  /** Answers a request for the stream of `codec`. @throws Fault `service.retired`, `service.draining`, `origin.refused`, `auth.*`, and as a join is refused */
  async answer(
    codec: object,
    request: IncomingMessage,
    response: ServerResponse,
    params: Partial<Record<string, string>>,
  ): Promise<void> {
    const served = this.services.get(codec)!;
    this.wires.stages.oldWire(served.service.contract);
    this.checkOpen();
    const query = requestQuery(request);
    const { token = '', address } = served.read({ request, params, query });
    const caller = await this.wires.callers.ofUpgrade(request, STREAM, query, token);
    const key = await served.keyIn(caller, address);
    const stream = new SseStream(response, this.wires.options.pingIntervalMs);
    const connection = new OldStreamConnection(
      stream,
      served.codec,
      { key, query: address.query },
      caller,
      agentOf(request, query),
    );
    const lastEventId = request.headers['last-event-id'] as string | undefined;
    await served.join(connection, lastEventId, () => {
      this.checkOpen();
      this.follow(connection, served.service);
    });
  }

  private follow(connection: OldStreamConnection, service: ServiceRuntime): void {
    connection.start();
    this.open.add(connection);
    const left = this.wires.connections.enter(connection.caller, connection.id, connection);
    const ended = this.wires.credentials.enter(connection);
    service.counters.opened(connection.caller);
    service.openOld(connection);
    connection.onClose(() => {
      this.open.delete(connection);
      left?.();
      ended();
    });
  }

  private checkOpen(): void {
    if (this.isClosed || this.wires.router.draining) throw new Fault('service.draining');
  }
}

/** Declares an old path of Server-Sent Events; our client does not use it. */
export function eventStream<T extends ServiceTypes>(codec: StreamCodec<T>): DeclaredWire<T> {
  return { type: OldStreamWire, codec, isForOurClient: false };
}
