import type { RealtimeOptions, WireName } from '@switchyard/client';
import type { RealtimeConfig, Wire } from '@switchyard/contract';
import { BlockedSocket } from './blocked.socket.js';

/** The wires a tab can be opened with, `?wire=legacy`. */
export const WIRES: readonly WireName[] = ['legacy', 'socketio', 'polling'];

/** The wire the address of a page asks for, if it names one. */
export function chosenWire(search: string): WireName | undefined {
  const named = new URLSearchParams(search).get('wire');
  return WIRES.find((wire) => wire === named);
}

/** The address of this page with another choice of wire; undefined is to do as the server says. */
export function addressWith(wire: WireName | undefined, address: string): string {
  const url = new URL(address);
  if (wire) url.searchParams.set('wire', wire);
  else url.searchParams.delete('wire');
  return url.href;
}

/** The settings with which a page uses `wire` whatever it is told. */
export function settingsFor(wire: WireName | undefined): RealtimeOptions {
  if (!wire) return {};
  // No server tells a client to poll; it does when its sockets are blocked, so that is what is tried.
  if (wire === 'polling') {
    return { fetch: fetchTold('legacy'), WebSocket: BlockedSocket, polling: { afterAttempts: 1 } };
  }
  return { fetch: fetchTold(wire) };
}

/** A `fetch` through which the server's configuration names `wire` for every service. */
function fetchTold(wire: Wire): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    const { pathname } = new URL(input instanceof Request ? input.url : input, window.location.href);
    if (pathname !== '/realtime/config' || !response.ok) return response;
    const config = (await response.json()) as RealtimeConfig;
    const services = Object.entries(config.services).map(([name, address]) => [name, { ...address, wire }] as const);
    return Response.json({ ...config, services: Object.fromEntries(services) });
  };
}
