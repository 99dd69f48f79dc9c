import type { RealtimeOptions, WireName } from '@switchyard/client';
import { BlockedSocket } from './blocked.socket.js';

/** The wires that clients fall back to; the server never chooses one. */
export const FALLBACKS: readonly WireName[] = ['sse', 'polling'];

/** The wires that a tab can force with `?wire=`. */
export const WIRES: readonly WireName[] = ['legacy', 'socketio', ...FALLBACKS];

/** Reads the forced wire from the page's address. */
export function chosenWire(search: string): WireName | undefined {
  const named = new URLSearchParams(search).get('wire');
  return WIRES.find((wire) => wire === named);
}

/** Builds this page's address with another wire; undefined follows the server. */
export function addressWith(wire: WireName | undefined, address: string): string {
  const url = new URL(address);
  if (wire) url.searchParams.set('wire', wire);
  else url.searchParams.delete('wire');
  return url.href;
}

/** Returns the client options that force `wire`. */
export function settingsFor(wire: WireName | undefined): RealtimeOptions {
  // Clients fall back when sockets are blocked, so a fallback is forced by blocking them.
  if (wire && FALLBACKS.includes(wire))
    return { wire: 'legacy', WebSocket: BlockedSocket, fallbacks: [wire], polling: { afterAttempts: 1 } };
  return wire ? { wire } : {};
}
