import type { ServiceAddress } from '@switchyard/contract';
import type { Wire, WireFactory, WirePage, WireService } from '../transport/wire.js';
import { LaterTransport } from './later.transport.js';
import type { CodeLoader, LaterCode } from './code.loader.js';

/** What a page knows of a wire before its code is loaded. */
export interface LaterWire extends Pick<Wire, 'name' | 'isFallback' | 'path'> {
  polls?: boolean;
  /** Whether this client can use the wire for a service. */
  serves?(service: WireService, address: ServiceAddress, page: WirePage): boolean;
}

/** Makes a wire whose code is loaded when a service first uses it. */
export function laterWire(
  { polls, serves, ...wire }: LaterWire,
  loader: CodeLoader,
  of: (code: LaterCode) => WireFactory,
): WireFactory {
  return (page) => {
    let made: Wire | undefined;
    return {
      ...wire,
      transport(service, address) {
        if (serves && !serves(service, address, page)) return undefined;
        const make = (code: LaterCode) => (made ??= of(code)(page)).transport(service, address)!;
        const { code } = loader;
        if (code) return make(code);
        return new LaterTransport(wire.name, polls, page.backoff, () => loader.load().then(make));
      },
      close: () => made?.close?.(),
    };
  };
}
