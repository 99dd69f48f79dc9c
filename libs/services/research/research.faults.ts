import { defineFaults } from '@switchyard/contract';

// The faults of researches and their engines; each reason is also the error type in progress events.
defineFaults({
  'engine.unavailable': {
    status: 409,
    recoverable: false,
    message: 'unable to search the web; no web engine is configured',
    help: 'Leave out the engine, or have the operator set WEB_SEARCH_URL.',
  },
  'research.timeout': {
    status: 503,
    recoverable: true,
    message: 'unable to wait any longer; it took too long',
    help: 'Try again in a moment, or ask for less at once.',
  },
  'research.connection': {
    status: 503,
    recoverable: true,
    message: 'unable to reach the search engine; the connection failed',
    help: 'Try again in a moment; if it persists, tell the operator.',
  },
  'research.rate_limit': {
    status: 429,
    recoverable: true,
    message: 'unable to search further; the search engine takes no more for now',
    help: 'Try again in a minute.',
  },
  'research.interrupted': {
    status: 503,
    recoverable: true,
    message: 'unable to finish the research; interrupted because the server was stopped',
    help: 'Start it again.',
  },
});
