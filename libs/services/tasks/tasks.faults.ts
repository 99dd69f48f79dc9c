import { defineFaults } from '@switchyard/contract';

// The faults of tasks.
defineFaults({
  'task.not_found': {
    status: 404,
    recoverable: false,
    message: 'unable to find the task; nothing is known under this id',
    help: 'Check the id; it must be a task of this project.',
  },
  'task.conflict': {
    status: 409,
    recoverable: true,
    message: 'unable to change the task; it was changed meanwhile',
    help: 'Look at the task in details, and send the change again with its version if you still want it.',
  },
});
