import type { LegacyCodec, RootCodec, ServiceContract, TypesOf } from '@switchyard/contract';
import type { RunningService } from '../harness/running.service.js';

/** A service for the suite: how to start it, and how to act in a room. */
export interface ServiceUnderTest<C extends ServiceContract> {
  contract: C;
  /** The old wire, if the service has one with a codec. */
  codec?: LegacyCodec<TypesOf<C>>;
  /** The old wire, if it is Socket.IO's root namespace. */
  root?: RootCodec<TypesOf<C>>;
  /** Environment variables of every node, if one node may do the work of another. */
  environment?: Readonly<Record<string, string>>;
  /** Starts the application with the service; `settings` are environment variables to pass on. */
  start(settings: Readonly<Record<string, string>>): Promise<RunningService>;
  /** Set if only one process has the data of the domain, so that a second node has nothing to show. */
  isAlone?: boolean;
  /** A key that the domain does not know; absent if it knows every key. */
  unknown?: string;
  /** The code of the refusal of an unknown key. */
  notFound?: string;
  /** A call with an invalid payload that contains `CANARY`. */
  badCall?: { call: string; payload: object };
}

/** A running service and the node of its clients, which may differ from the node that does the work. */
export interface ServedService extends RunningService {
  /** The address for clients. */
  served: string;
}
