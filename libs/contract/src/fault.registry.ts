/** One kind of failure: its message, whether a retry can help, what the user can do, and its HTTP status. */
export interface FaultKind {
  /** "unable to X; Y": what failed, and why. */
  message: string;
  recoverable: boolean;
  help: string;
  status: 400 | 401 | 403 | 404 | 409 | 410 | 413 | 429 | 500 | 503;
}

const REGISTRY = Symbol.for('switchyard.fault_kinds');
/** One registry for all copies of this module in a process. */
const registry = ((globalThis as { [REGISTRY]?: Map<string, FaultKind> })[REGISTRY] ??= new Map<string, FaultKind>());

/** Whether two entries say the same, as when a module is evaluated again after an edit of another one. */
function isSame(one: FaultKind, other: FaultKind): boolean {
  return (['message', 'recoverable', 'help', 'status'] as const).every((field) => one[field] === other[field]);
}

/**
 * Registers fault kinds under their `area.reason` codes and returns them; the same kinds may be registered again.
 *
 * @throws TypeError when a code is malformed or taken by other words, or a message does not have the form "unable to X; Y"
 */
export function defineFaults<const K extends Record<string, FaultKind>>(kinds: K): K {
  for (const [code, entry] of Object.entries(kinds)) {
    if (!/^[a-z]+\.[a-z_]+$/.test(code)) throw new TypeError(`unable to register "${code}"; a code is area.reason`);
    const taken = registry.get(code);
    if (taken && !isSame(taken, entry)) throw new TypeError(`unable to register "${code}"; it is taken by other words`);
    if (!/^unable to [^;]+; [^;]+$/.test(entry.message)) {
      throw new TypeError(`unable to register "${code}"; its message is not "unable to X; Y"`);
    }
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
    help: 'Correct the fields named in details and send it again.',
  },
  'call.failed': {
    status: 500,
    recoverable: true,
    message: 'unable to finish the call; the server met an error',
    help: 'Try again; if it persists, give the operator the time of this error.',
  },
  'call.expired': {
    status: 409,
    recoverable: false,
    message: 'unable to send the call; it waited longer than a repeat is recognised',
    help: 'Check whether it took effect, then make a new call.',
  },
  'service.unknown': {
    status: 404,
    recoverable: false,
    message: 'unable to reach the service; there is none of that name',
    help: 'See /realtime/config for the services there are.',
  },
  'connection.limit': {
    status: 429,
    recoverable: false,
    message: 'unable to keep this connection; too many are open',
    help: 'Close other tabs or devices.',
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
