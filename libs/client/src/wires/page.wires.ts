import type { ServiceAddress, WireName } from '@switchyard/contract';
import type { TransportFactory } from '../transport/transport.factory.js';
import type { Wire, WireFactory, WirePage, WireService } from '../transport/wire.js';

/** The wires of one page. */
export class PageWires {
  private readonly wires: readonly Wire[];

  constructor(page: WirePage, factories: readonly WireFactory[]) {
    this.wires = factories.map((make) => make(page));
  }

  get names(): WireName[] {
    return this.wires.map(({ name }) => name);
  }

  /** The wire for a service whose address names one that this client cannot use. */
  get standard(): WireName {
    return this.wires.find(({ role }) => role === 'standard')!.name;
  }

  /** The wires to fall back to, in this order. */
  get fallbacks(): WireName[] {
    return this.wires.filter(({ role }) => role === 'fallback').map(({ name }) => name);
  }

  /** The part of a service's address that a wire connects to. */
  path(wire: WireName, address: ServiceAddress): string | undefined {
    return this.wires.find(({ name }) => name === wire)?.path(address);
  }

  /** Gives the factory of a service's transports; of several wires with one name, the first that serves it is used. */
  factory(service: WireService): TransportFactory {
    return (wire, _contract, address) => {
      for (const candidate of this.wires) {
        const transport = candidate.name === wire ? candidate.transport(service, address) : undefined;
        if (transport) return transport;
      }
      return undefined;
    };
  }

  close(): void {
    this.wires.forEach((wire) => wire.close?.());
  }
}
