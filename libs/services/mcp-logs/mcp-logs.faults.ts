import { defineFaults } from '@switchyard/contract';

// The faults of MCP servers.
defineFaults({
  'server.stopped': {
    status: 409,
    recoverable: true,
    message: 'unable to call the tool; the server is not running',
    help: 'Start the server first.',
  },
  'tool.failed': {
    status: 400,
    recoverable: true,
    message: 'unable to call the tool; the server refused or did not answer',
    help: 'Check the name of the tool and its arguments; the log of the server may say more.',
  },
});
