/** One kind of failure: its message, whether a retry can help, what the user can do, and its HTTP status. */
export interface FaultKind {
  /** "unable to X; Y": what failed, and why. */
  message: string;
  recoverable: boolean;
  help: string;
  status: 400 | 401 | 403 | 404 | 409 | 410 | 413 | 429 | 500 | 503;
}

const kind = (status: FaultKind['status'], recoverable: boolean, message: string, help: string): FaultKind => ({
  message,
  recoverable,
  help,
  status,
});

const registry = new Map<string, FaultKind>();

/**
 * Registers fault kinds under their `area.reason` codes and returns them.
 *
 * @throws TypeError when a code is malformed or taken, or a message does not have the form "unable to X; Y"
 */
export function defineFaults<const K extends Record<string, FaultKind>>(kinds: K): K {
  for (const [code, entry] of Object.entries(kinds)) {
    if (!/^[a-z]+\.[a-z_]+$/.test(code)) throw new TypeError(`unable to register "${code}"; a code is area.reason`);
    if (registry.has(code)) throw new TypeError(`unable to register "${code}"; it is taken`);
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

/** The faults that all services share. */
export const CORE_FAULTS = defineFaults({
  'input.invalid': kind(
    400,
    true,
    'unable to accept the input; it does not fit the contract',
    'Correct the fields named in details and send it again.',
  ),
  'call.unknown': kind(
    404,
    false,
    'unable to run the call; this service has none of that name',
    'Check the name against the contract of the service.',
  ),
  'call.failed': kind(
    500,
    true,
    'unable to finish the call; the server met an error',
    'Try again; if it persists, give the operator the time of this error.',
  ),
  'call.expired': kind(
    409,
    false,
    'unable to send the call; it waited longer than a repeat is recognised',
    'Check whether it took effect, then make a new call.',
  ),
  'call.id_reused': kind(
    409,
    false,
    'unable to run the call; its correlation_id belongs to another call',
    'Use a new correlation_id for each call.',
  ),
  'call.outcome_unknown': kind(
    503,
    false,
    'unable to tell the outcome; the process or the store failed while the call ran',
    'Check whether it took effect before making it again.',
  ),
  'room.not_found': kind(
    404,
    false,
    'unable to join the room; nothing is known under this id',
    'Check the id; it may have been removed or never created.',
  ),
  'room.forbidden': kind(
    403,
    false,
    'unable to open the room; it belongs to somebody else',
    'Sign in as its owner or ask for access.',
  ),
  'path.not_found': kind(
    404,
    false,
    'unable to find the path; nothing is served there',
    'See /realtime/config for the addresses there are.',
  ),
  'service.unknown': kind(
    404,
    false,
    'unable to reach the service; there is none of that name',
    'See /realtime/config for the services there are.',
  ),
  'service.draining': kind(
    503,
    true,
    'unable to let anyone in; the server is about to restart',
    'Try again in a second.',
  ),
  'service.closed': kind(
    503,
    true,
    'unable to join here; the service is closed on this wire',
    'Use the wire named in details.',
  ),
  'service.retired': kind(
    410,
    false,
    'unable to use this endpoint; it is retired',
    'Connect to the namespace named in details.',
  ),
  'auth.required': kind(401, true, 'unable to connect; authentication is required', 'Send a token in the handshake.'),
  'auth.invalid': kind(401, false, 'unable to authenticate; the token is not valid', 'Sign in again.'),
  'auth.expired': kind(401, true, 'unable to authenticate; the token has expired', 'Refresh the token and try again.'),
  'auth.revoked': kind(401, false, 'unable to authenticate; the session was ended', 'Sign in again.'),
  'origin.refused': kind(
    403,
    false,
    'unable to connect; this origin is not allowed',
    'Ask the operator to add the origin to ALLOWED_ORIGINS.',
  ),
  'rate.limited': kind(
    429,
    true,
    'unable to accept more for now; the rate limit is reached',
    'Wait for the time given in details.',
  ),
  'connection.limit': kind(
    429,
    false,
    'unable to keep this connection; too many are open',
    'Close other tabs or devices.',
  ),
  'payload.too_large': kind(
    413,
    false,
    'unable to accept the message; it is too large',
    'Send at most the number of bytes given in details.',
  ),
  'store.unavailable': kind(503, true, 'unable to save; the store cannot be reached', 'Try again in a moment.'),
  'store.stopped': kind(
    503,
    true,
    'unable to save; the store takes no more writes since one failed',
    'Ask the operator to restart the server; /health/ready says what is wrong.',
  ),
  'stage.illegal': kind(
    409,
    false,
    'unable to change the stage; that move is not allowed',
    'Take one of the moves in details.',
  ),
  'admin.closed': kind(
    403,
    false,
    'unable to open the admin interface; no ADMIN_TOKEN is set',
    'Set ADMIN_TOKEN and start again.',
  ),
  'wire.lost': kind(503, true, 'unable to reach the server; the connection was lost', 'It is tried again by itself.'),
});

/** The code of a shared fault. */
export type CoreFaultCode = keyof typeof CORE_FAULTS;
