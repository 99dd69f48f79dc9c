import type { WireFactory } from '../transport/wire.js';
import { legacyWire } from './legacy/legacy.wire.js';
import { pollingWire } from './polling/polling.wire.js';
import { rootWire } from './root/root.wire.js';
import { socketioWire } from './socketio/socketio.wire.js';
import { sseWire } from './sse/sse.wire.js';

/** The wires of every page, with the fallbacks in the order of use. */
export const BUILT_IN_WIRES: readonly WireFactory[] = [
  socketioWire,
  // Before `legacyWire`, which has the same name and would serve without a codec.
  rootWire,
  legacyWire,
  sseWire,
  pollingWire,
];
