import type { WirePlugin } from '../wire.js';
import { EventsRoutes } from './events.routes.js';
import { SseWire } from './sse.wire.js';

/** Server-Sent Events for all services. */
export const sse: WirePlugin = { type: SseWire, routes: [EventsRoutes] };
