import { Injectable } from '@nestjs/common';
import { pollPath } from '@switchyard/contract';
import { RoutePaths } from '../../routes/route.paths.js';
import type { ServiceRuntime } from '../../service/service.runtime.js';
import type { Wire, WireConnection, WirePlugin } from '../wire.js';
import { CallsRoutes } from './calls.routes.js';
import { RoomsRoutes } from './rooms.routes.js';

/** The wire of clients that ask again and again over HTTP; no connection stays open. */
@Injectable()
class PollingWire implements Wire {
  readonly name = 'polling';

  constructor(private readonly paths: RoutePaths) {}

  /** The routes serve all services. */
  serve(): void {}

  path({ contract }: ServiceRuntime): string | undefined {
    return this.paths.has('rooms') ? this.paths.of(pollPath(contract)) : undefined;
  }

  connections(): WireConnection[] {
    return [];
  }

  broadcast(): void {}

  close(): void {}
}

/** Status polling and calls over HTTP for all services. */
export const polling: WirePlugin = { type: PollingWire, routes: [CallsRoutes, RoomsRoutes] };
