import { defineFaults, Fault } from '@switchyard/contract';

/** The failures only a client can have. */
export const CLIENT_FAULTS = defineFaults({
  'call.queue_full': {
    status: 429,
    recoverable: true,
    message: 'unable to queue the call; too many are waiting',
    help: 'Wait until the connection is back.',
  },
  'token.unavailable': {
    status: 401,
    recoverable: true,
    message: 'unable to get a token; its source failed',
    help: 'See the cause.',
  },
  'config.unusable': {
    status: 503,
    recoverable: true,
    message: 'unable to use the configuration; see details',
    help: 'Check url and prefix.',
  },
  'code.not_loaded': {
    status: 503,
    recoverable: true,
    message: 'unable to load a part of the client; its file did not arrive',
    help: 'Reload the page.',
  },
  'platform.no_websocket': {
    status: 500,
    recoverable: false,
    message: 'unable to use the old wire; there is no WebSocket',
    help: 'Pass one: new Realtime({ WebSocket }).',
  },
  'client.closed': {
    status: 503,
    recoverable: false,
    message: 'unable to go on; the client was closed',
    help: 'Create a new Realtime.',
  },
});

/** Makes a fault of the client itself. */
export function clientFault(
  code: keyof typeof CLIENT_FAULTS,
  cause?: unknown,
  details?: Record<string, unknown>,
): Fault {
  return new Fault(code, details, { cause });
}

/** Whether `thrown` says that the connection was lost, so that the caller may try again. */
export function isWireLost(thrown: unknown): boolean {
  return thrown instanceof Fault && thrown.code === 'wire.lost';
}
