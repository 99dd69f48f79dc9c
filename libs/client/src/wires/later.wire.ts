import type { ServiceAddress } from '@switchyard/contract';
import type { Wire, WireFactory, WirePage, WireService } from '../transport/wire.js';
import { LaterTransport } from './later.transport.js';
import type { CodeLoader, LaterCode } from './code.loader.js';

/** What a page knows of a wire before its code is loaded. */
export interface LaterWire extends Pick<Wire, 'isFallback'> {
  /** Also the wire's name in the later code. */
  name: 'legacy' | 'sse' | 'polling';
  polls?: boolean;
  /** The part of a service's address that the wire connects to; by default its path in `wires`. */
  path?: Wire['path'];
  /** Whether this client can use the wire for a service; by default when the address has the wire's path. */
  serves?(service: WireService, address: ServiceAddress, page: WirePage): boolean;
}

/** Makes a wire whose code is loaded when a service first uses it. */
export function laterWire(
  {
    name,
    polls,
    // A configuration without any `wires` says with `poll_path` that rooms are served over HTTP.
    path = ({ wires, poll_path }) => (wires ? wires[name] : poll_path),
    serves = (_, address) => path(address) !== undefined,
    ...wire
  }: LaterWire,
  loader: CodeLoader,
): WireFactory {
  return (page) => {
    let made: Wire | undefined;
    return {
      ...wire,
      name,
      path,
      transport(service, address) {
        if (!serves(service, address, page)) return undefined;
        const make = (code: LaterCode) => (made ??= code[name](page)).transport(service, address)!;
        const { code } = loader;
        if (code) return make(code);
        return new LaterTransport(name, polls, page.backoff, () => loader.load().then(make));
      },
      close: () => made?.close?.(),
    };
  };
}
