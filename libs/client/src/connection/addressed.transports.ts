import type { ServiceAddress, WireName } from '@switchyard/contract';
import type { Transport } from '../transport/transport.js';
import type { PageWires } from '../wires/page.wires.js';

/** The part of a page's wires that one service uses. */
export interface ServiceTransports {
  wires: Pick<PageWires, 'standard' | 'path'>;
  /** Makes the service's transport for a wire; undefined when this client cannot use that wire. */
  transport(wire: WireName, address: ServiceAddress): Transport | undefined;
}

/** Makes a service's transports and remembers the address that each was made for. */
export class AddressedTransports {
  readonly #madeFor = new WeakMap<Transport, ServiceAddress>();

  constructor(private readonly options: ServiceTransports) {}

  /** The transport for a wire; undefined when this client cannot use it. */
  make(wire: WireName, address: ServiceAddress): Transport | undefined {
    const transport = this.options.transport(wire, address);
    if (transport) this.#madeFor.set(transport, address);
    return transport;
  }

  /** The transport for the wire that an address names, else for the standard wire, which serves at every stage. */
  makeFor(address: ServiceAddress): Transport | undefined {
    return this.make(address.wire, address) ?? this.make(this.options.wires.standard, address);
  }

  /** Whether a transport is on a wire, by default the one that `address` names, and connects to the same place. */
  isAt(transport: Transport, address: ServiceAddress, wire = address.wire): boolean {
    const { wires } = this.options;
    return transport.wire === wire && wires.path(wire, this.#madeFor.get(transport)!) === wires.path(wire, address);
  }

  /** Whether a transport is the one for clients that cannot use the wire that `address` names. */
  isStandard(transport: Transport, address: ServiceAddress): boolean {
    return this.isAt(transport, address, this.options.wires.standard);
  }
}
