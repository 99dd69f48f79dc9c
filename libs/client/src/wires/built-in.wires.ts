import type { WireFactory } from '../transport/wire.js';
import { legacyWire } from './legacy/legacy.wire.js';
import { pollingWire } from './polling/polling.wire.js';
import { rootWire } from './root/root.wire.js';
import { socketioWire } from './socketio/socketio.wire.js';
import { sseWire } from './sse/sse.wire.js';

/** The wires of every page; fallbacks are used in the order of this list. */
export const BUILT_IN_WIRES: readonly WireFactory[] = [
  socketioWire,
  // Before the other old wire, which needs no codec: both have the same name.
  rootWire,
  legacyWire,
  sseWire,
  pollingWire,
];
