import type { WirePlugin } from '../wire.js';
import { EventsController } from './events.controller.js';
import { SseWire } from './sse.wire.js';

/** Server-Sent Events for all services. */
export const sse: WirePlugin = { type: SseWire, controllers: [EventsController] };
