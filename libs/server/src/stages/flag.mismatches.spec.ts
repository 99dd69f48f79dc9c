import { flagMismatches } from './flag.mismatches.js';

const SERVICES = [
  { name: 'chat', flag: 'realtime-chat' },
  { name: 'tasks', flag: 'realtime-tasks' },
];

describe('the flags and the services', () => {
  it('match', () => {
    expect(flagMismatches(['realtime-tasks', 'realtime-chat'], SERVICES)).toEqual([]);
  });

  it('are named where they do not match, with the name that was meant', () => {
    expect(flagMismatches(['realtime-chat', 'realtime-task', 'realtime-billing'], SERVICES)).toEqual([
      'the flag realtime-task is of no service; did you mean realtime-tasks?',
      'the flag realtime-billing is of no service',
      'the service tasks has no flag realtime-tasks, so it begins at legacy',
    ]);
  });
});
