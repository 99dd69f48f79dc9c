/** One kind of failure: its message, whether a retry can help, what the user can do, and its HTTP status. */
export interface FaultKind {
  /** What failed, and why. */
  message: `unable to ${string}; ${string}`;
  recoverable: boolean;
  help: string;
  status: 400 | 401 | 403 | 404 | 409 | 410 | 413 | 429 | 500 | 502 | 503;
}

const REGISTRY = Symbol.for('switchyard.fault_kinds');
/** One registry for all copies of this module in a process. */
const registry = ((globalThis as { [REGISTRY]?: Map<string, FaultKind> })[REGISTRY] ??= new Map<string, FaultKind>());

/**
 * Registers fault kinds under their `area.reason` codes and returns them; the same kinds may be registered again, as when a
 * module is evaluated anew after an edit.
 *
 * @throws TypeError when a code is taken by other words
 */
export function defineFaults<const K extends Record<`${string}.${string}`, FaultKind>>(kinds: K): K {
  for (const [code, entry] of Object.entries<FaultKind>(kinds)) {
    const taken = registry.get(code) ?? entry;
    if (JSON.stringify(taken) !== JSON.stringify(entry))
      throw new TypeError(`unable to register "${code}"; it is taken by other words`);
    registry.set(code, entry);
  }
  return kinds;
}

/** The fault kind with this code; undefined when none is registered. */
export function faultKind(code: string): FaultKind | undefined {
  return registry.get(code);
}

/** All registered fault kinds by code. */
export function faultKinds(): ReadonlyMap<string, FaultKind> {
  return registry;
}

/** The faults that server and client raise; every page loads them. */
export const CORE_FAULTS = defineFaults({
  'input.invalid': {
    status: 400,
    recoverable: true,
    message: 'unable to accept the input; it does not fit the contract',
    help: 'Correct what details name, and send it again.',
  },
  'call.failed': {
    status: 500,
    recoverable: true,
    message: 'unable to finish the call; the server met an error',
    help: 'Try again; if it persists, tell the operator the time.',
  },
  'call.expired': {
    status: 409,
    recoverable: false,
    message: 'unable to send the call; it is too old',
    help: 'Check whether it took effect, then call again.',
  },
  'service.unknown': {
    status: 404,
    recoverable: false,
    message: 'unable to reach the service; there is none',
    help: 'See /realtime/config.',
  },
  'connection.limit': {
    status: 429,
    recoverable: false,
    message: 'unable to keep the connection; too many are open',
    help: 'Close other tabs.',
  },
  'wire.lost': {
    status: 503,
    recoverable: true,
    message: 'unable to reach the server; the connection was lost',
    help: 'It is tried again by itself.',
  },
});

/** The code of a fault that server and client raise. */
export type CoreFaultCode = keyof typeof CORE_FAULTS;
