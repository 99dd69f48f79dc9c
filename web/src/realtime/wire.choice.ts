import type { WireName } from '@switchyard/client';
import type { RealtimeConfig } from '@switchyard/contract';

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

/**
 * A `fetch` through which the server's configuration names `wire` for every service, so that a tab can try it; plain
 * `fetch` without one.
 */
export function fetchWithWire(wire: WireName | undefined): typeof fetch {
  if (!wire) return (...request) => fetch(...request);
  return async (input, init) => {
    const response = await fetch(input, init);
    const { pathname } = new URL(input instanceof Request ? input.url : input, window.location.href);
    if (pathname !== '/realtime/config' || !response.ok) return response;
    const config = (await response.json()) as RealtimeConfig;
    const services = Object.entries(config.services).map(([name, address]) => [name, { ...address, wire }] as const);
    return Response.json({ ...config, services: Object.fromEntries(services) });
  };
}
