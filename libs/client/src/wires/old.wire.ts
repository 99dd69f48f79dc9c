import type { WireFactory } from '../transport/wire.js';
import { legacyWire } from './legacy/legacy.wire.js';
import { rootWire } from './root/root.wire.js';

/** The old wire of a service: Socket.IO's root namespace where it was there, else a path of its own. */
export const oldWire: WireFactory = (page) => {
  const [root, legacy] = [rootWire(page), legacyWire(page)];
  return {
    ...legacy,
    transport: (service, address) => (service.root ? root : legacy).transport(service, address),
  };
};
