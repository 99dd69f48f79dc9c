import type { LegacyCodec, RootCodec, ServiceContract, TypesOf } from '@switchyard/contract';
import type { RunningService } from '../harness/running.service.js';

/** A service as the suite needs it: how to start it, and how to make something happen in a room. */
export interface ServiceUnderTest<C extends ServiceContract> {
  contract: C;
  /** The old wire, where the service has one that is a codec. */
  codec?: LegacyCodec<TypesOf<C>>;
  /** The old wire, where it is Socket.IO's root namespace. */
  root?: RootCodec<TypesOf<C>>;
  /** Environment variables that every node has, where one may do what was asked of another. */
  environment?: Readonly<Record<string, string>>;
  /** Starts the application with the service in it; `settings` are environment variables, to be handed on. */
  start(settings: Readonly<Record<string, string>>): Promise<RunningService>;
  /** Set where what the domain knows is in one process only, so that a second node has nothing to show. */
  isAlone?: boolean;
  /** A key the domain does not know; absent where it knows every one. */
  unknown?: string;
  /** The code an unknown key is refused with. */
  notFound?: string;
  /** A call with a payload that does not fit, with `CANARY` somewhere in it. */
  badCall?: { call: string; payload: object };
}

/** A running service and the node its clients use, which need not be the one that does the work. */
export interface ServedService extends RunningService {
  /** Where clients connect. */
  served: string;
}
