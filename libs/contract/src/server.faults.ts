import { defineFaults } from './fault.registry.js';

/**
 * The faults that only a server raises. A client gets their texts from the server, so the bundle of a page does not have
 * them: a bundler leaves this module out where nothing names it.
 */
export const SERVER_FAULTS = defineFaults({
  'call.unknown': {
    status: 404,
    recoverable: false,
    message: 'unable to run the call; this service has none of that name',
    help: 'Check the name against the contract of the service.',
  },
  'call.id_reused': {
    status: 409,
    recoverable: false,
    message: 'unable to run the call; its correlation_id belongs to another call',
    help: 'Use a new correlation_id for each call.',
  },
  'call.not_repeatable': {
    status: 409,
    recoverable: false,
    message: 'unable to make the call; the connection only compares two wires, and the call is not repeatable',
    help: 'Make it on the wire that the client uses, or declare it repeatable in the contract.',
  },
  'call.outcome_unknown': {
    status: 503,
    recoverable: false,
    message: 'unable to tell the outcome; the process or the store failed while the call ran',
    help: 'Check whether it took effect before making it again.',
  },
  'room.not_found': {
    status: 404,
    recoverable: false,
    message: 'unable to join the room; nothing is known under this id',
    help: 'Check the id; it may have been removed or never created.',
  },
  'room.forbidden': {
    status: 403,
    recoverable: false,
    message: 'unable to open the room; it belongs to somebody else',
    help: 'Sign in as its owner or ask for access.',
  },
  'path.not_found': {
    status: 404,
    recoverable: false,
    message: 'unable to find the path; nothing is served there',
    help: 'See /realtime/config for the addresses there are.',
  },
  'service.draining': {
    status: 503,
    recoverable: true,
    message: 'unable to let anyone in; the server is about to restart',
    help: 'Try again in a second.',
  },
  'service.closed': {
    status: 503,
    recoverable: true,
    message: 'unable to join here; the service is closed on this wire',
    help: 'Use the wire named in details.',
  },
  'service.retired': {
    status: 410,
    recoverable: false,
    message: 'unable to use this endpoint; it is retired',
    help: 'Connect to the namespace named in details.',
  },
  'auth.required': {
    status: 401,
    recoverable: true,
    message: 'unable to connect; authentication is required',
    help: 'Send a token in the handshake.',
  },
  'auth.invalid': {
    status: 401,
    recoverable: false,
    message: 'unable to authenticate; the token is not valid',
    help: 'Sign in again.',
  },
  'auth.expired': {
    status: 401,
    recoverable: true,
    message: 'unable to authenticate; the token has expired',
    help: 'Refresh the token and try again.',
  },
  'auth.revoked': {
    status: 401,
    recoverable: false,
    message: 'unable to authenticate; the session was ended',
    help: 'Sign in again.',
  },
  'auth.forbidden': {
    status: 403,
    recoverable: false,
    message: 'unable to connect; this user is not allowed to',
    help: 'Sign in as another user, or ask for access.',
  },
  'origin.refused': {
    status: 403,
    recoverable: false,
    message: 'unable to connect; this origin is not allowed',
    help: 'Ask the operator to add the origin to those that are allowed.',
  },
  'protocol.unsupported': {
    status: 400,
    recoverable: false,
    message: 'unable to connect; this version of the protocol is not served here',
    help: 'Use a Socket.IO client of version 3 or 4; for clients of version 2 the operator has to set socketio.allowEIO3.',
  },
  'rate.limited': {
    status: 429,
    recoverable: true,
    message: 'unable to accept more for now; the rate limit is reached',
    help: 'Wait for the time given in details.',
  },
  'payload.too_large': {
    status: 413,
    recoverable: false,
    message: 'unable to accept the message; it is too large',
    help: 'Send at most the number of bytes given in details.',
  },
  'store.unavailable': {
    status: 503,
    recoverable: true,
    message: 'unable to save; the store cannot be reached',
    help: 'Try again in a moment.',
  },
  'store.stopped': {
    status: 503,
    recoverable: true,
    message: 'unable to save; the store takes no more writes since one failed',
    help: 'Ask the operator to restart the server; /health/ready says what is wrong.',
  },
  'upstream.unavailable': {
    status: 502,
    recoverable: true,
    message: 'unable to reach the old server; it is away or does not answer',
    help: 'Try again in a moment.',
  },
  'upstream.refused': {
    status: 403,
    recoverable: false,
    message: 'unable to open the room; the old server refused it',
    help: 'See the status or the close code of the old server in details.',
  },
  'stage.illegal': {
    status: 409,
    recoverable: false,
    message: 'unable to change the stage; that move is not allowed',
    help: 'Take one of the moves in details.',
  },
  'stage.held': {
    status: 409,
    recoverable: false,
    message: 'unable to promote the service; it is held',
    help: 'Clear the hold first; details say who holds it and why.',
  },
  'stage.changed': {
    status: 409,
    recoverable: true,
    message: 'unable to change the stage; somebody else has changed it in the meantime',
    help: 'Look at it as it is now, and decide again.',
  },
  'plan.not_found': {
    status: 404,
    recoverable: false,
    message: 'unable to find the rollout plan; the service has none',
    help: 'Start one by sending steps and a reason.',
  },
  'plan.running': {
    status: 409,
    recoverable: false,
    message: 'unable to start the rollout plan; another one of this service is not over',
    help: 'Stop the plan in details first, or send "replace": true.',
  },
  'plan.illegal': {
    status: 409,
    recoverable: false,
    message: 'unable to start the rollout plan; one of its steps is no legal move forward',
    help: 'Change the step in details, which counts from 0, to one of the allowed stages.',
  },
  'plan.unwatched': {
    status: 409,
    recoverable: false,
    message: 'unable to start the rollout plan; the service has no thresholds, so its health would never be known',
    help: 'Declare thresholds in slo.json, or send "unwatched": true so that the pauses alone count.',
  },
  'plan.closed': {
    status: 409,
    recoverable: false,
    message: 'unable to run the rollout plan; the service is closed',
    help: 'Open the service first.',
  },
  'plan.over': {
    status: 409,
    recoverable: false,
    message: 'unable to change the rollout plan; it is over',
    help: 'Start a new one.',
  },
  'admin.closed': {
    status: 403,
    recoverable: false,
    message: 'unable to open the admin interface; no admin token is set',
    help: 'Set the option adminToken (in the reference application ADMIN_TOKEN) and start again.',
  },
});

/** The code of a fault that only a server raises. */
export type ServerFaultCode = keyof typeof SERVER_FAULTS;
