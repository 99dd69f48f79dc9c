import { defineService } from '@switchyard/contract';
import { identify } from '../caller/caller.js';
import { MemoryStore } from '../store/memory/memory.store.js';
import { Room } from './room.js';
import { RoomIndex } from './room.index.js';

interface LinesTypes {
  room: { id: string };
  calls: Record<never, never>;
  events: { line: { text: string } };
  snapshot: { lines: string[] };
}

const lines = defineService<LinesTypes>()({
  name: 'lines',
  kind: 'log',
  room: { prefix: 'lines', key: 'id' },
  join: 'join_lines',
  leave: 'leave_lines',
  snapshot: 'all_lines',
  calls: {},
  events: { line: {} },
  keep: 5000,
});

const VIEW = { caller: identify('socketio', undefined, undefined), options: {} };
/** A limit that no test here reaches. */
const MAX_SNAPSHOTS = 5;
/** A payload of that many stored bytes. */
const ofBytes = (bytes: number) => ({ text: 'x'.repeat(bytes - JSON.stringify({ text: '' }).length) });

describe('the answer of a room to a join', () => {
  let store: MemoryStore;
  /** An action of another process while a snapshot is made. */
  let meanwhile: () => Promise<unknown>;
  let snapshots: number;
  let room: Room;
  beforeEach(() => {
    store = new MemoryStore();
    meanwhile = () => Promise.resolve();
    snapshots = 0;
    room = new Room('r', {
      contract: lines,
      rooms: store.rooms,
      records: new RoomIndex(store.documents),
      snapshot: async () => {
        snapshots += 1;
        if (snapshots > MAX_SNAPSHOTS) throw new Error('a snapshot is made again though nothing happened');
        const head = await store.rooms.head('lines_r');
        await meanwhile();
        return { lines: [`as of ${head.offset}`] };
      },
      deliver: () => undefined,
      ended: () => undefined,
      idle: () => undefined,
    });
  });

  const publish = (payload: object) => room.publish('line', payload, []);
  const elsewhere = () => store.rooms.append('lines_r', { event: 'line', payload: '{"text":"elsewhere"}', at: 1 }, 10);
  const once = (happens: () => Promise<unknown>) => () => {
    meanwhile = () => Promise.resolve();
    return happens();
  };

  it('is a snapshot as of its position, even when another process appends while it is made', async () => {
    await publish({ text: 'one' });
    meanwhile = once(elsewhere);
    expect(await room.preview(undefined, VIEW)).toMatchObject({ offset: 2, snapshot: { lines: ['as of 2'] } });
    expect(snapshots).toBe(2);
  });

  it('is a snapshot as of its position, even when another process empties the room while it is made', async () => {
    await publish({ text: 'one' });
    meanwhile = once(() => store.rooms.clear('lines_r'));
    const reply = await room.preview(undefined, VIEW);
    expect(reply).toMatchObject(await store.rooms.head('lines_r'));
    expect(snapshots).toBe(2);
  });

  it('has no event after its position, even when another process appends one while it is made', async () => {
    const since = await publish({ text: 'one' });
    await publish({ text: 'two' });
    const read = store.rooms.read.bind(store.rooms);
    store.rooms.read = async (...args) => {
      await elsewhere();
      return read(...args);
    };
    const reply = await room.preview(since, VIEW);
    expect(reply).toMatchObject({ recovered: true, offset: 2 });
    expect(reply!.events!.map(({ offset }) => offset)).toEqual([2]);
  });

  it.each([
    ['a thousand events', 1000, () => ({ text: 'x' }), true],
    ['a thousand and one', 1001, () => ({ text: 'x' }), false],
    ['a megabyte', 10, () => ofBytes(100_000), true],
    ['a megabyte and a byte', 10, (n: number) => ofBytes(n === 0 ? 100_001 : 100_000), false],
    ['a megabyte of characters of two bytes each', 2, () => ({ text: 'é'.repeat(300_000) }), false],
  ] as const)('replays %s: %#', async (_, count, payload, isReplayed) => {
    const since = await room.preview(undefined, VIEW);
    for (let n = 0; n < count; n += 1) await publish(payload(n));
    const reply = await room.preview(since, VIEW);
    expect(reply).toMatchObject({ recovered: isReplayed, offset: count });
    expect(reply!.events?.length).toBe(isReplayed ? count : undefined);
  });
});
