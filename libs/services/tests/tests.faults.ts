import { defineFaults } from '@switchyard/contract';

// The faults of the tests service.
defineFaults({
  'suite.not_found': {
    status: 404,
    recoverable: false,
    message: 'unable to run the suite; the server allows none of that name',
    help: 'Take one of the suites in details.',
  },
});
