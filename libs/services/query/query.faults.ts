import { defineFaults } from '@switchyard/contract';

// The faults of queries.
defineFaults({
  'query.busy': {
    status: 409,
    recoverable: true,
    message: 'unable to run the query; another one is running under this id',
    help: 'Wait for its end, or use another id.',
  },
  'query.empty': {
    status: 400,
    recoverable: true,
    message: 'unable to run the query; it has no word that can be looked for',
    help: 'Name what you want to know about.',
  },
  'query.failed': {
    status: 500,
    recoverable: true,
    message: 'unable to answer the query; the search met an error',
    help: 'Ask again; if it persists, give the operator the time of this error.',
  },
  'query.timeout': {
    status: 503,
    recoverable: true,
    message: 'unable to answer the query; it took too long',
    help: 'Ask again, or ask for less at once.',
  },
  'query.interrupted': {
    status: 503,
    recoverable: true,
    message: 'unable to answer the query; interrupted because the server was stopped',
    help: 'Ask again.',
  },
});
