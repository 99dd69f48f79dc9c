import type { RealtimeOptions, WireName } from '@switchyard/client';
import type { RealtimeConfig } from '@switchyard/contract';
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
  if (!wire) return {};
  // Clients fall back when sockets are blocked, so a fallback is forced by blocking them.
  if (FALLBACKS.includes(wire)) {
    const polling = { afterAttempts: 1 };
    return { fetch: fetchTold('legacy'), WebSocket: BlockedSocket, fallbacks: [wire], polling };
  }
  return { fetch: fetchTold(wire) };
}

/** Wraps `fetch` to name `wire` for every service in the server's configuration. */
function fetchTold(wire: WireName): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    const { pathname } = new URL(input instanceof Request ? input.url : input, window.location.href);
    if (pathname !== '/realtime/config' || !response.ok) return response;
    const config = (await response.json()) as RealtimeConfig;
    const services = Object.entries(config.services).map(([name, address]) => [name, { ...address, wire }] as const);
    return Response.json({ ...config, services: Object.fromEntries(services) });
  };
}
