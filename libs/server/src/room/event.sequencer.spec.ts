import type { Position } from '@switchyard/contract';
import { MemoryStore } from '../store/memory/memory.store.js';
import type { ClusterRooms, Resumption } from '../store/cluster.js';
import type { StoredEntry } from '../store/store.js';
import { EventSequencer, type SequencerHost } from './event.sequencer.js';

const ROOM = 'room';
const KEEP = 100;

/** A sequencer over a log, with the entries that it delivered. */
function start(resume?: ClusterRooms['resume']) {
  const { rooms } = new MemoryStore();
  const out: [text: string, offset: number, except?: string[]][] = [];
  const restarts: Position[] = [];
  const restarted = new Set(['somebody']);
  let moves = 0;
  const outlet: SequencerHost = {
    release: ({ payload, offset }, except) => out.push([payload, offset, ...(except ? [[...except]] : [])] as never),
    restart: (head) => {
      restarts.push(head);
      return Promise.resolve(restarts.length <= moves ? undefined : () => restarted);
    },
  };
  const sequencer = new EventSequencer(ROOM, rooms, outlet, resume && { resume });
  const append = async (payload: string): Promise<StoredEntry> => {
    const entry = { event: 'e', payload, at: 1 };
    const { epoch, offset } = await rooms.append(ROOM, entry, KEEP);
    return { ...entry, epoch, offset };
  };
  /** Moves the head during that many preparations of a restart. */
  const moveDuring = (times: number) => (moves = times);
  return { rooms, sequencer, out, restarts, append, moveDuring };
}

describe('the event sequencer of a room', () => {
  it('delivers entries of a new epoch with lower offsets, each once', async () => {
    const { rooms, sequencer, out, append } = start();
    await sequencer.catchUp();
    for (const text of ['one', 'two', 'three']) await sequencer.accept(await append(text));
    await rooms.forget(ROOM);
    const again = [await append('first'), await append('second')];
    await sequencer.accept(again[0]!);
    for (const entry of [...again, ...again]) await sequencer.accept(entry);
    expect(out).toEqual([
      ['one', 1],
      ['two', 2],
      ['three', 3],
      ['first', 1],
      ['second', 2],
    ]);
  });

  it('notices a new epoch though the head has the same offset', async () => {
    const { rooms, sequencer, out, append } = start();
    await sequencer.catchUp();
    for (const text of ['one', 'two']) await sequencer.accept(await append(text));
    await rooms.forget(ROOM);
    for (const text of ['first', 'second']) await append(text);
    const head = await rooms.head(ROOM);
    expect(await sequencer.catchUp()).toEqual(head);
    await sequencer.accept(await append('third'));
    expect(out.at(-1)).toEqual(['third', 3]);
  });

  it('does not deliver an entry of another epoch as the next one', async () => {
    const { sequencer, out, append } = start();
    await sequencer.catchUp();
    await sequencer.accept(await append('one'));
    await sequencer.accept({ event: 'e', payload: 'of a lost history', at: 1, epoch: 'another', offset: 2 });
    expect(out.map(([text]) => text)).not.toContain('of a lost history');
  });

  it('fills a hole from the log before it delivers a later entry', async () => {
    const { sequencer, out, append } = start();
    await sequencer.catchUp();
    const entries = [await append('one'), await append('two'), await append('three')];
    for (const entry of [entries[2]!, entries[0]!, entries[1]!]) await sequencer.accept(entry);
    expect(out).toEqual([
      ['one', 1],
      ['two', 2],
      ['three', 3],
    ]);
  });

  describe('over a shared log that has lost the missing entries', () => {
    const startAt = async (between: Resumption['between']) => {
      const log: { from: Position } = { from: { epoch: '', offset: 0 } };
      const started = start(() => Promise.resolve({ ...log.from, between }));
      await started.sequencer.catchUp();
      await started.sequencer.accept(await started.append('one'));
      const lost = [await started.append('two'), await started.append('three'), await started.append('four')];
      await started.rooms.trim(ROOM, 1);
      log.from = { epoch: lost[1]!.epoch, offset: lost[1]!.offset };
      return { ...started, last: lost[2]! };
    };

    it('sends snapshots as of the head, and skips earlier events for members that got one', async () => {
      const { sequencer, out, restarts, last } = await startAt('events');
      await sequencer.accept(last);
      expect(restarts).toEqual([{ epoch: last.epoch, offset: last.offset }]);
      expect(out).toEqual([
        ['one', 1],
        ['four', 4, ['somebody']],
      ]);
    });

    it('repeats the snapshots when the head has moved meanwhile', async () => {
      const { sequencer, out, restarts, last, moveDuring } = await startAt('events');
      moveDuring(2);
      await sequencer.catchUp();
      expect(restarts).toHaveLength(3);
      expect(out).toEqual([
        ['one', 1],
        ['four', 4, ['somebody']],
      ]);
      await sequencer.accept(last);
      expect(out).toHaveLength(2);
    });

    it('sends the snapshots with the next event when the log was gone', async () => {
      let between: Resumption['between'] = 'unknown';
      const log: { from: Position } = { from: { epoch: '', offset: 0 } };
      const { rooms, sequencer, out, restarts, append } = start(() => Promise.resolve({ ...log.from, between }));
      await sequencer.catchUp();
      await sequencer.accept(await append('one'));
      await rooms.forget(ROOM);
      log.from = await rooms.head(ROOM);
      expect(await sequencer.catchUp()).toEqual(log.from);
      expect(restarts).toEqual([]);
      between = 'events';
      await sequencer.accept(await append('first'));
      expect(restarts).toHaveLength(1);
      await sequencer.accept(await append('second'));
      expect(out).toEqual([
        ['one', 1],
        ['first', 1, ['somebody']],
        ['second', 2],
      ]);
    });

    it('sends no snapshot after the room dropped its own log', async () => {
      const { rooms, sequencer, out, restarts, append } = start(() => Promise.reject(new Error('nothing was lost')));
      await sequencer.catchUp();
      await sequencer.accept(await append('one'));
      await rooms.forget(ROOM);
      await sequencer.reset();
      await sequencer.accept(await append('first'));
      expect(restarts).toEqual([]);
      expect(out).toEqual([
        ['one', 1],
        ['first', 1],
      ]);
    });

    it('sends no snapshot when no event is missing', async () => {
      const { sequencer, out, restarts, last } = await startAt('nothing');
      await sequencer.accept(last);
      expect(restarts).toEqual([]);
      expect(out).toEqual([
        ['one', 1],
        ['four', 4],
      ]);
    });
  });
});
