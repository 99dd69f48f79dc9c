import { Injectable } from '@nestjs/common';
import type { RealtimeConfig } from '@switchyard/contract';
import { ROUTE_GROUPS } from '../routes/http.options.js';
import { Route, RouteGroup, type RouteRequest } from '../routes/route.js';
import { ClientConfig } from './client.config.js';

/** Serves the document that clients read before they connect. */
@Injectable()
@RouteGroup('config', ROUTE_GROUPS.config)
export class ClientConfigRoutes {
  constructor(private readonly config: ClientConfig) {}

  @Route('GET')
  read({ request }: RouteRequest): Promise<RealtimeConfig> {
    return this.config.of(request);
  }
}
