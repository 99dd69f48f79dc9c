import type { ServiceAddress } from '@switchyard/contract';
import type { Transport, WireName } from '../transport/transport.js';

/** Makes a service's transports, and remembers which address each was made for. */
export class AddressedTransports {
  private readonly madeFor = new WeakMap<Transport, ServiceAddress>();

  constructor(private readonly factory: (wire: WireName, address: ServiceAddress) => Transport | undefined) {}

  /** The transport for a wire; undefined when this client cannot use it. */
  make(wire: WireName, address: ServiceAddress): Transport | undefined {
    const transport = this.factory(wire, address);
    if (transport) this.madeFor.set(transport, address);
    return transport;
  }

  /** The transport for an address. An old wire this client cannot use is left aside, as Socket.IO serves at every stage. */
  makeFor(address: ServiceAddress): Transport | undefined {
    return this.make(address.wire, address) ?? this.make('socketio', address);
  }

  /** Whether a transport is what would be made for `address`. */
  isAt(transport: Transport, address: ServiceAddress): boolean {
    const { namespace, legacy_path } = this.madeFor.get(transport)!;
    if (transport.wire !== address.wire) return false;
    return address.wire === 'socketio' ? namespace === address.namespace : legacy_path === address.legacy_path;
  }
}
