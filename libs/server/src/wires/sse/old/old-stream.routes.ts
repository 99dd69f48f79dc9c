import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, HttpAdapterHost } from '@nestjs/core';
import { Fault, type ServiceTypes, type StreamCodec } from '@switchyard/contract';
import { findGateways } from '../../../service/service-gateway.decorator.js';
import { Wires } from '../../wires.js';
import { OldStreamWire } from './old-stream.wire.js';

/** A request and its response as Express or Fastify gives them; Fastify wraps those of Node. */
type AdapterRequest = IncomingMessage & { params: Partial<Record<string, string>>; raw?: IncomingMessage };
type AdapterResponse = ServerResponse & { raw?: ServerResponse; hijack?(): void };

/** The HTTP routes of old event streams, on the HTTP adapter itself: a prefix of the host must not move an old path. */
@Injectable()
export class OldStreamRoutes implements OnModuleInit {
  private readonly logger = new Logger('legacy');

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly discovery: DiscoveryService,
    private readonly wires: Wires,
  ) {}

  /** Not later: after this, Nest adds its answer to unknown paths. */
  onModuleInit(): void {
    for (const { metadata } of findGateways(this.discovery)) {
      for (const { type, codec } of metadata.wires ?? []) {
        if (type === OldStreamWire) this.route(codec as StreamCodec<ServiceTypes>);
      }
    }
  }

  private route(codec: StreamCodec<ServiceTypes>): void {
    this.host.httpAdapter.get(codec.path, (request: AdapterRequest, response: AdapterResponse) => {
      response.hijack?.();
      const plain = response.raw ?? response;
      // It comes here too; a stream without a body would never end, nor would the next answer on its connection begin.
      if (request.method === 'HEAD') plain.writeHead(405, { allow: 'GET' }).end();
      else void this.answer(codec, request, plain);
    });
  }

  /** Never rejects. */
  private async answer(
    codec: StreamCodec<ServiceTypes>,
    { params, raw }: AdapterRequest & { raw?: IncomingMessage },
    response: ServerResponse,
  ): Promise<void> {
    try {
      const wire = [...this.wires].find((each) => each instanceof OldStreamWire);
      if (!wire) throw new Fault('service.draining');
      await wire.answer(codec, raw ?? response.req, response, params);
    } catch (thrown) {
      this.refuse(codec, Fault.from(thrown), response);
    }
  }

  /** An `EventSource` comes back after none of these; only a stream that ends, or no answer, lets it try again. */
  private refuse(codec: StreamCodec<ServiceTypes>, fault: Fault, response: ServerResponse): void {
    if (fault.code === 'call.failed') this.logger.error(`unable to serve ${codec.path}; ${String(fault.cause)}`);
    if (response.headersSent) return void response.end();
    const isRetired = fault.code === 'service.retired';
    const status = isRetired ? (codec.retiredStatus ?? fault.status) : fault.status;
    if (status === 204) return void response.writeHead(status).end();
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify({ error: fault.toBody() }));
  }
}
