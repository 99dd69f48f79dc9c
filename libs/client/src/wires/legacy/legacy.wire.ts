import { platformSocket } from '../../transport/legacy.socket.js';
import type { WireFactory } from '../../transport/wire.js';
import { LegacyTransport } from './legacy.transport.js';

/** The old wire of services with a path of their own: a WebSocket for each room. */
export const legacyWire: WireFactory = (page) => ({
  name: 'legacy',
  path: ({ legacy_path }) => legacy_path,
  transport({ contract, legacy: codec }, { legacy_path }) {
    const path = legacy_path ?? codec?.path;
    const { WebSocket = platformSocket() } = page;
    if (path === undefined || !WebSocket) return undefined;
    return new LegacyTransport({ ...page, contract, path, codec, WebSocket });
  },
});
