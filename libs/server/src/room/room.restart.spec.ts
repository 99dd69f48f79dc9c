import { Fault, type Position } from '@switchyard/contract';
import { identify } from '../caller/caller.js';
import { MemoryStore } from '../store/memory/memory.store.js';
import { RoomRestart, type RestartHost } from './room.restart.js';

const ROOM = { name: 'room', key: 'r' };

describe('a room that restarts members on a snapshot', () => {
  const { rooms } = new MemoryStore();
  const append = () => rooms.append(ROOM.name, { event: 'e', payload: '{}', at: 1 }, 10);
  const given: [id: string, snapshot: object | undefined, position: Position][] = [];

  const restartOf = (ids: readonly string[], host: Partial<RestartHost>) => {
    const members = ids.map((id) => ({ member: { id, caller: identify('socketio', { id }, undefined) }, options: {} }));
    return new RoomRestart(ROOM, members, {
      rooms,
      snapshot: (_key, { caller }) => ({ of: caller.user?.id }),
      missesHoles: (id) => id !== 'sdk',
      restart: (id, _room, snapshot, position) => given.push([id, snapshot, position]),
      ...host,
    });
  };
  beforeEach(() => {
    given.length = 0;
  });

  it('sends a snapshot to each that would not notice the gap, and nothing to the others', async () => {
    const { epoch, offset } = await append();
    const hand = await restartOf(['ann', 'sdk', 'bob'], {}).prepare({ epoch, offset });
    expect(given).toEqual([]);
    expect([...hand!()]).toEqual(['ann', 'bob']);
    expect(given).toEqual([
      ['ann', { of: 'ann' }, { epoch, offset }],
      ['bob', { of: 'bob' }, { epoch, offset }],
    ]);
  });

  it('sends none when another process appended, or emptied the room, while it made them', async () => {
    for (const happens of [append, () => rooms.clear(ROOM.name)]) {
      const { epoch, offset } = await append();
      const snapshot = async () => {
        await happens();
        return {};
      };
      expect(await restartOf(['ann'], { snapshot }).prepare({ epoch, offset })).toBeUndefined();
    }
    expect(given).toEqual([]);
  });

  it('makes a member rejoin when its snapshot fails, and waits while the store is away', async () => {
    const { epoch, offset } = await append();
    const snapshot = (_key: string, { caller }: { caller: { user?: { id: string } } }) => {
      if (caller.user?.id === 'ann') throw new Error('a defect');
      return {};
    };
    const hand = await restartOf(['ann', 'bob'], { snapshot }).prepare({ epoch, offset });
    hand!();
    expect(given.map(([id, made]) => [id, made])).toEqual([
      ['ann', undefined],
      ['bob', {}],
    ]);
    const away = () => Promise.reject(new Fault('store.unavailable'));
    await expect(restartOf(['ann'], { snapshot: away }).prepare({ epoch, offset })).rejects.toMatchObject({
      code: 'store.unavailable',
    });
  });
});
