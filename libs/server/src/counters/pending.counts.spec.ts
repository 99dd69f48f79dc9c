import { PendingCounts } from './pending.counts.js';

it('counts that wait for the store are added up, and the earliest minutes go when an hour waits', () => {
  const pending = new PendingCounts();
  for (let minute = 100; minute < 165; minute += 1) pending.add({ series: 'chat', minute, counts: { joins: 1 } });
  pending.add({ series: 'chat', minute: 164, counts: { joins: 2, calls: 1 } });
  pending.add({ series: 'tasks', minute: 1, counts: { joins: 1 } });
  const waiting = pending.take();
  expect(waiting).toHaveLength(61);
  expect(waiting[0]).toEqual({ series: 'chat', minute: 105, counts: { joins: 1 } });
  expect(waiting[59]).toEqual({ series: 'chat', minute: 164, counts: { joins: 3, calls: 1 } });
  expect(waiting[60]!.series).toBe('tasks');
  expect(pending.take()).toEqual([]);
});
