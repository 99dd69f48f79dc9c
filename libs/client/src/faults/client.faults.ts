import { defineFaults, Fault } from '@switchyard/contract';

/** The failures only a client can have. */
export const CLIENT_FAULTS = defineFaults({
  'call.queue_full': {
    status: 429,
    recoverable: true,
    message: 'unable to queue the call; too many are waiting for the connection',
    help: 'Wait until the connection is back.',
  },
  'token.unavailable': {
    status: 401,
    recoverable: true,
    message: 'unable to get a token; its source failed',
    help: 'See the cause; the source is asked again by itself.',
  },
  'client.closed': {
    status: 503,
    recoverable: false,
    message: 'unable to go on; the client was closed',
    help: 'Create a new Realtime.',
  },
});

/** Makes a fault of the client itself. */
export function clientFault(code: keyof typeof CLIENT_FAULTS, cause?: unknown): Fault {
  return new Fault(code, undefined, { cause });
}

/** Whether `thrown` says that the connection was lost, so that the caller may try again. */
export function isWireLost(thrown: unknown): boolean {
  return thrown instanceof Fault && thrown.code === 'wire.lost';
}
