import type { ServiceAddress, ServiceContract, WireName } from '@switchyard/contract';
import type { Transport } from './transport.js';

/** Makes a service's transport for a wire; undefined when this client cannot use the wire for that service. */
export type TransportFactory = (
  wire: WireName,
  contract: ServiceContract,
  address: ServiceAddress,
) => Transport | undefined;
