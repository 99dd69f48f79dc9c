import type { ServiceAddress, WireName } from '@switchyard/contract';
import type { TransportFactory } from '../transport/transport.factory.js';
import type { Wire, WireFactory, WirePage, WireService } from '../transport/wire.js';

/** The wires of one page. */
export class PageWires {
  readonly #wires: readonly Wire[];

  constructor(page: WirePage, factories: readonly WireFactory[]) {
    this.#wires = factories.map((make) => make(page));
  }

  get names(): WireName[] {
    return this.#wires.map(({ name }) => name);
  }

  /** The wire for a service whose address names one that this client cannot use: the first one serves at every stage. */
  get standard(): WireName {
    return this.#wires[0]!.name;
  }

  /** The wires to fall back to, in this order. */
  get fallbacks(): WireName[] {
    return this.#wires.filter(({ isFallback }) => isFallback).map(({ name }) => name);
  }

  /** The part of a service's address that a wire connects to. */
  path(wire: WireName, address: ServiceAddress): string | undefined {
    return this.#find(wire)?.path(address);
  }

  /** Gives the factory of a service's transports. */
  factory(service: WireService): TransportFactory {
    return (wire, _contract, address) => this.#find(wire)?.transport(service, address);
  }

  close(): void {
    this.#wires.forEach((wire) => wire.close?.());
  }

  #find(wire: WireName): Wire | undefined {
    return this.#wires.find(({ name }) => name === wire);
  }
}
