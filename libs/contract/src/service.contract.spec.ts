import {
  camelFields,
  defineService,
  formatPosition,
  isClientId,
  isPosition,
  isTerminal,
  keyInPayload,
  parsePosition,
  pollPath,
  roomKey,
  roomName,
  snakeFields,
} from './index.js';

interface JobTypes {
  room: { job_id: string };
  calls: { run: { payload: { job_id: string }; reply: object } };
  events: { step: { n: number }; done: { n: number } };
  snapshot: { n: number };
}

const definition = {
  name: 'jobs',
  kind: 'state',
  room: { prefix: 'job', key: 'job_id' },
  join: ['join_job', 'watch_job'],
  leave: 'leave_job',
  snapshot: 'step',
  calls: { run: {} },
  events: { step: { terminal: ({ n }: { n: number }) => n === 3 }, done: { terminal: true } },
} as const;

const jobs = defineService<JobTypes>()(definition);

describe('a service contract', () => {
  it('derives every address from the name', () => {
    expect(jobs).toMatchObject({
      namespace: '/jobs',
      flag: 'realtime-jobs',
      joins: ['join_job', 'watch_job'],
      leaves: ['leave_job'],
    });
    expect(pollPath(jobs)).toBe('/realtime/rooms/jobs');
    expect(roomName(jobs, '7')).toBe('job_7');
  });

  it('coalesces in state rooms only, and keeps a thousand events by default', () => {
    expect(jobs).toMatchObject({ coalesce_ms: 100, keep: 1000 });
    expect(defineService<JobTypes>()({ ...definition, kind: 'log', keep: 5 })).toMatchObject({
      coalesce_ms: 0,
      keep: 5,
    });
  });

  it('names its joins, leaves and snapshots after its rooms by default', () => {
    const { join: _join, leave: _leave, snapshot: _snapshot, ...unnamed } = definition;
    const named = { joins: ['join_job'], leaves: ['leave_job'], snapshot: 'job_snapshot' };
    expect(defineService<JobTypes>()(unnamed)).toMatchObject(named);
    const single = defineService<JobTypes>()({ ...unnamed, room: { name: 'shop' } });
    expect(single).toMatchObject({ joins: ['join_shop'], leaves: ['leave_shop'], snapshot: 'shop_snapshot' });
  });

  it('has no presence unless it asks for it', () => {
    expect(jobs.presence).toBe(false);
    expect(defineService<JobTypes>()({ ...definition, presence: true }).presence).toBe(true);
  });

  it.each([
    ['a malformed name', { name: 'My Jobs' }],
    ['a reserved call', { join: 'join_room' }],
    ['a call that is built in', { leave: 'list_members' }],
    ['a name declared twice', { leave: 'run' }],
    [
      'an event that has the name of one about who is there',
      { events: { ...definition.events, presence_changed: {} } },
    ],
    ['an event that has the name of what is hidden', { events: { ...definition.events, hidden: {} } }],
  ])('refuses %s', (_what, change) => {
    expect(() => defineService<JobTypes>()({ ...definition, ...change })).toThrow(/^unable to define/);
  });

  it.each(['other_7', 'job_', 'job', 'job_a/b', `job_${'x'.repeat(129)}`, 'job_a b', 7, undefined, null])(
    'finds no key in the room name %p',
    (name) => expect(roomKey(jobs, name)).toBeUndefined(),
  );

  it('finds the key in a room name and in a payload, never in its prototype', () => {
    expect(roomKey(jobs, 'job_a.b:c@d-e')).toBe('a.b:c@d-e');
    expect(keyInPayload(jobs, { job_id: '7' })).toBe('7');
    expect(keyInPayload(jobs, { job_id: 7 })).toBeUndefined();
    expect(keyInPayload(jobs, undefined)).toBeUndefined();
  });

  it('knows its terminal events', () => {
    expect(isTerminal(jobs, 'done', {})).toBe(true);
    expect([2, 3].map((n) => isTerminal(jobs, 'step', { n }))).toEqual([false, true]);
    expect(isTerminal(jobs, 'constructor', {})).toBe(false);
  });

  it('has no call inherited from a prototype', () => {
    expect(['constructor', '__proto__', 'toString'].filter((name) => jobs.calls.has(name))).toEqual([]);
  });
});

describe('positions', () => {
  it('survive formatting and parsing', () => {
    const position = { epoch: 'aB-9_x.3', offset: 41 };
    expect(parsePosition(formatPosition(position))).toEqual(position);
  });

  it.each(['', 'e', 'e:', ':1', 'e:-1', 'e:1.5', 'e:x', 'a b:1', `${'e'.repeat(65)}:1`, 'e:9999999999999999'])(
    'are not read from %p',
    (text) => expect(parsePosition(text)).toBeUndefined(),
  );

  it.each([
    null,
    'e:1',
    {},
    { epoch: 'e' },
    { epoch: 1, offset: 1 },
    { epoch: 'e', offset: -1 },
    { epoch: 'e', offset: 1.5 },
  ])('are not %p', (value) => expect(isPosition(value)).toBe(false));
});

describe('names on the wire', () => {
  it('survive the change to camel case and back, in their order', () => {
    const value = { b_two: 2, a_one: 1, absent: undefined as number | undefined };
    const order = ['b_two', 'absent', 'a_one'] as const;
    const camel = camelFields(value, order);
    expect(JSON.stringify(camel)).toBe('{"bTwo":2,"aOne":1}');
    expect(snakeFields<typeof value>(camel, order)).toEqual({ b_two: 2, a_one: 1 });
  });

  it.each(['x'.repeat(15), 'x'.repeat(65), 'has space here ok', 42, undefined])('reject the client id %p', (value) => {
    expect(isClientId(value)).toBe(false);
  });
});
