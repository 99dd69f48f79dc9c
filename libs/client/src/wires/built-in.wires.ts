import type { ServiceAddress } from '@switchyard/contract';
import { clientFault } from '../faults/client.faults.js';
import { platformSocket } from '../transport/legacy.socket.js';
import type { WireFactory, WirePage, WireService } from '../transport/wire.js';
import type { CodeLoader } from './code.loader.js';
import { laterWire } from './later.wire.js';
import { socketioWire } from './socketio/socketio.wire.js';

/** The wires of every page, the standard one first, and the fallbacks in the order of use. */
export const builtInWires = (loader: CodeLoader): readonly WireFactory[] => [
  socketioWire,
  laterWire({ name: 'legacy', path: ({ legacy_path }) => legacy_path, serves }, loader),
  laterWire({ name: 'sse', isFallback: true }, loader),
  laterWire({ name: 'polling', isFallback: true, polls: true }, loader),
];

/** Whether this client can use the old wire of a service. */
function serves({ legacy, root }: WireService, { legacy_path }: ServiceAddress, page: WirePage): boolean {
  if (root) return true;
  if ((legacy_path ?? legacy?.path) === undefined) return false;
  if (page.WebSocket ?? platformSocket()) return true;
  page.report(clientFault('platform.no_websocket'));
  return false;
}
