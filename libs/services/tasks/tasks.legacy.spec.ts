import type { ContractEvent } from '@switchyard/contract';
import fc from 'fast-check';
import { codecConformance } from '../../../test/conformance/codec.conformance.js';
import { TASK_STATUSES, type Task } from './task.js';
import { tasks, type TaskTypes } from './tasks.contract.js';
import { tasksLegacy } from './tasks.legacy.js';

const text = fc.string({ unit: 'binary' });
const task: fc.Arbitrary<Task> = fc.record(
  {
    id: text,
    project_id: text,
    title: text,
    description: text,
    status: fc.constantFrom(...TASK_STATUSES),
    assignee: text,
    task_order: fc.nat(),
    feature: text,
    version: fc.nat(),
    created_at: text,
    updated_at: text,
    archived: fc.boolean(),
  },
  { noNullPrototype: true },
);
const event = <E extends ContractEvent<TaskTypes>['event']>(name: E, payload: fc.Arbitrary<TaskTypes['events'][E]>) =>
  payload.map((value) => ({ event: name, payload: value }) as ContractEvent<TaskTypes>);

codecConformance(
  tasks,
  tasksLegacy,
  fc.oneof(
    event('task_created', task),
    event('task_updated', task),
    event('task_archived', fc.record({ id: text, project_id: text })),
    event('tasks_reordered', fc.record({ project_id: text, task_ids: fc.array(text) })),
  ),
);

describe('the old wire of tasks', () => {
  const context = { key: 'p', session_id: 's', now: 'then' };

  it('answers a request for an unknown project with an empty board', () => {
    expect(tasksLegacy.unknownRoom(context)).toEqual({
      frames: tasksLegacy.encodeSnapshot({ project_id: 'p', tasks: [] }, context),
    });
  });

  it('has no calls, and decodes no event from an unknown frame', () => {
    expect(tasksLegacy.encodeCall({ call: 'archive_task', payload: { task_id: 't' } })).toBeUndefined();
    for (const frame of ['text', { type: 'task_lost', data: {} }]) {
      expect(tasksLegacy.decodeEvent(frame)).toBeUndefined();
      expect(tasksLegacy.decodeCall(frame, context)).toBeUndefined();
    }
  });
});
