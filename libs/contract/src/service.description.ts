import type { CallOptions, ServiceContract } from './service.contract.js';

/** A contract as JSON: what a tool without the code of the service needs to use its wires. */
export interface ContractDescription extends Omit<ServiceContract, 'types' | 'calls' | 'events'> {
  readonly calls: Readonly<Record<string, CallOptions>>;
  /** `terminal` is absent where the payload decides it. */
  readonly events: Readonly<Record<string, { readonly volatile?: boolean; readonly terminal?: boolean }>>;
}

/** The answer to `GET /admin/migration/{service}/description`. */
export interface ServiceDescription {
  service: string;
  contract: ContractDescription;
  /** The path of the service on each wire, by the wire's name. */
  wires: Readonly<Record<string, string>>;
  /** The keys of rooms in use, those with members first; a part of them when there are many. */
  rooms: readonly string[];
}

/** How many rooms a description names. */
export const MAX_DESCRIBED_ROOMS = 20;

/** Describes a contract as JSON. */
export function describeContract(contract: ServiceContract): ContractDescription {
  const { types: _, calls, events, ...rest } = contract;
  const described = [...events].map(([name, { volatile, terminal }]) => [
    name,
    { ...(volatile && { volatile }), ...(terminal === true && { terminal }) },
  ]);
  return {
    ...rest,
    calls: Object.fromEntries(calls),
    events: Object.fromEntries(described) as ContractDescription['events'],
  };
}
