import type { ServiceAddress, ServiceContract, WireName } from '@switchyard/contract';
import type { Transport } from './transport.js';

/** Makes a service's transport for a wire; undefined when this client cannot use that wire for it. */
export type TransportFactory = (
  wire: WireName,
  contract: ServiceContract,
  address: ServiceAddress,
) => Transport | undefined;
