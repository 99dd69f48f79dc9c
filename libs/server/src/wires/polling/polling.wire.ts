import { Injectable } from '@nestjs/common';
import { pollPath } from '@switchyard/contract';
import type { ServiceRuntime } from '../../service/service.runtime.js';
import type { Wire, WireConnection, WirePlugin } from '../wire.js';
import { CallsController } from './calls.controller.js';
import { RoomsController } from './rooms.controller.js';

/** The wire of clients that ask again and again over HTTP; no connection stays open. */
@Injectable()
class PollingWire implements Wire {
  readonly name = 'polling';

  /** The controllers serve all services. */
  serve(): void {}

  path({ contract }: ServiceRuntime): string {
    return pollPath(contract);
  }

  connections(): WireConnection[] {
    return [];
  }

  broadcast(): void {}

  close(): void {}
}

/** Status polling and calls over HTTP for all services. */
export const polling: WirePlugin = { type: PollingWire, controllers: [CallsController, RoomsController] };
