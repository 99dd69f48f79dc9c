import { defineFaults } from '@switchyard/contract';

// The faults of chat: an unknown session, and the failures of an answer.
defineFaults({
  'session.not_found': {
    status: 404,
    recoverable: false,
    message: 'unable to open the session; nothing is known under this id',
    help: 'Start a new session.',
  },
  'agent.timeout': {
    status: 503,
    recoverable: true,
    message: 'unable to finish the answer; it took too long',
    help: 'Ask again, or ask for less at once.',
  },
  'agent.stopped': {
    status: 503,
    recoverable: true,
    message: 'unable to finish the answer; it was stopped',
    help: 'Ask again when you want an answer.',
  },
  'agent.interrupted': {
    status: 503,
    recoverable: true,
    message: 'unable to finish the answer; the server was stopped',
    help: 'Ask again.',
  },
  'agent.failed': {
    status: 500,
    recoverable: true,
    message: 'unable to finish the answer; the agent met an error',
    help: 'Ask again; if it persists, give the operator the time of this error.',
  },
});
