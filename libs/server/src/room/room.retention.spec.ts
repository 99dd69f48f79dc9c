import { defineService } from '@switchyard/contract';
import { identify } from '../caller/caller.js';
import { MemoryStore } from '../store/memory/memory.store.js';
import { Room } from './room.js';
import { RoomIndex } from './room.index.js';
import { RoomRetention } from './room.retention.js';

interface RunTypes {
  room: { id: string };
  calls: Record<never, never>;
  events: { step: { n: number }; over: { n: number } };
  snapshot: { n: number };
}

const run = defineService<RunTypes>()({
  name: 'run',
  kind: 'log',
  room: { prefix: 'run', key: 'id' },
  join: 'join_run',
  leave: 'leave_run',
  snapshot: 'run_state',
  calls: {},
  events: { step: {}, over: { terminal: true } },
});

const DAY_MS = 86_400_000;

describe('room retention', () => {
  let store: MemoryStore;
  const open: RoomRetention[] = [];
  beforeEach(() => {
    store = new MemoryStore();
  });
  afterEach(() => {
    for (const retention of open.splice(0)) retention.close();
  });

  /** A process on the store; `forgotten` has the rooms that it deleted, in order. */
  const start = (retention_ms: number, { accuracy_ms = 3_600_000, idle_ms = 3_600_000 } = {}) => {
    const forgotten: string[] = [];
    let awaited = () => undefined as void;
    const rooms = new Map<string, Room>();
    const records = new RoomIndex(store.documents, accuracy_ms);
    const room = (key: string): Room => {
      const known = rooms.get(key);
      if (known) return known;
      const opened = new Room(key, {
        contract: run,
        rooms: store.rooms,
        records,
        snapshot: () => ({ n: 0 }),
        deliver: () => undefined,
        ended: ({ name }) => retention.ended(name),
        idle: () => undefined,
      });
      const forget = opened.forget.bind(opened);
      opened.forget = async () => {
        await forget();
        forgotten.push(key);
        awaited();
      };
      rooms.set(key, opened);
      return opened;
    };
    const retention = new RoomRetention(
      retention_ms,
      {
        records,
        open: (name) => (name.startsWith('run_') ? room(name.slice(4)) : undefined),
        failed: (_, error) => {
          throw error;
        },
      },
      idle_ms,
    );
    open.push(retention);
    const until = async (count: number) => {
      while (forgotten.length < count) await new Promise<void>((resolve) => (awaited = resolve));
      return forgotten;
    };
    return { room, retention, records, forgotten, until };
  };
  const publish = (room: Room, event: 'step' | 'over') => room.publish(event, { n: 1 }, []);

  it('deletes a room and its record some time after its last event', async () => {
    const { room, until, records } = start(5);
    await publish(room('a'), 'step');
    await publish(room('b'), 'over');
    expect(await until(1)).toEqual(['b']);
    expect(await store.rooms.names()).toEqual(['run_a']);
    expect((await records.list()).map(({ room: name, isOver }) => [name, isOver])).toEqual([['run_a', false]]);
  });

  it.each([1, 24, 25, 60, 400])('keeps a room for %i days when that is its retention', async (days) => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
    try {
      const { room, forgotten } = start(days * DAY_MS);
      await publish(room('a'), 'over');
      await jest.advanceTimersByTimeAsync(days * DAY_MS - 1);
      expect(forgotten).toEqual([]);
      await jest.advanceTimersByTimeAsync(1);
      expect(forgotten).toEqual(['a']);
    } finally {
      jest.useRealTimers();
    }
  });

  it('deletes the rooms that ended in an earlier process', async () => {
    const before = start(60_000);
    await publish(before.room('b'), 'over');
    await publish(before.room('a'), 'over');
    await publish(before.room('c'), 'step');
    before.retention.close();
    const after = start(10);
    await after.retention.start();
    expect([...(await after.until(2))].sort()).toEqual(['a', 'b']);
    expect(await store.rooms.names()).toEqual(['run_c']);
  });

  it('keeps a room of an earlier process only for the rest of its time', async () => {
    await store.documents.write([
      { collection: 'rooms', id: 'run_old', value: { room: 'run_old', at: Date.now() - 60_000, isOver: true } },
      { collection: 'rooms', id: 'run_new', value: { room: 'run_new', at: Date.now(), isOver: true } },
      { collection: 'rooms', id: 'gone_x', value: { room: 'gone_x', at: 0, isOver: true } },
    ]);
    const { retention, until } = start(50_000);
    await retention.start();
    expect(await until(1)).toEqual(['old']);
    expect(retention.size).toBe(1);
  });

  it('deletes idle rooms, unless somebody is in them', async () => {
    const { room, retention, forgotten } = start(60_000, { accuracy_ms: 0, idle_ms: -1 });
    await publish(room('left'), 'step');
    await publish(room('watched'), 'step');
    const member = { id: 'm', caller: identify('socketio', undefined, undefined) };
    await room('watched').join(member, undefined, {}, () => true);
    await retention.sweepIdle();
    expect(forgotten).toEqual(['left']);
    await room('watched').leave('m');
    await retention.sweepIdle();
    expect(forgotten).toEqual(['left', 'watched']);
  });

  it('keeps rooms with a recent event', async () => {
    const { room, retention, forgotten } = start(60_000);
    await publish(room('a'), 'step');
    await retention.sweepIdle();
    expect(forgotten).toEqual([]);
  });

  it('writes the record with the first and the last event, not with each', async () => {
    const { records } = start(60_000);
    expect(records.writesFor('run_a', false)).toHaveLength(1);
    expect(records.writesFor('run_a', false)).toHaveLength(0);
    expect(records.writesFor('run_a', true)).toHaveLength(1);
    await records.remove('run_a');
    expect(records.writesFor('run_a', false)).toHaveLength(1);
    // The event was refused, and the record in the same write with it.
    records.writesFailed('run_a');
    expect(records.writesFor('run_a', false)).toHaveLength(1);
  });
});
