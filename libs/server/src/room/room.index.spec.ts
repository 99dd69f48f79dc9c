import { MemoryStore } from '../store/memory/memory.store.js';
import { RoomIndex } from './room.index.js';

describe('the record of a room', () => {
  const documents = () => new MemoryStore().documents;
  const isWritten = (records: RoomIndex, room: string, isOver = false) => records.writesFor(room, isOver).length > 0;

  it('is written with the first and the last event, and not between', () => {
    const records = new RoomIndex(documents());
    expect([isWritten(records, 'a'), isWritten(records, 'a'), isWritten(records, 'a', true)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('is written again after a failed write, or when it is old', () => {
    const records = new RoomIndex(documents());
    isWritten(records, 'a');
    records.writesFailed('a');
    expect(isWritten(records, 'a')).toBe(true);
    const exact = new RoomIndex(documents(), 0);
    expect([isWritten(exact, 'a'), isWritten(exact, 'a')]).toEqual([true, true]);
  });

  it('is written again after the index has dropped the room, and for no other room', () => {
    const records = new RoomIndex(documents(), undefined, 2);
    for (const room of ['a', 'b', 'c']) expect(isWritten(records, room)).toBe(true);
    expect([isWritten(records, 'b'), isWritten(records, 'c')]).toEqual([false, false]);
    expect([isWritten(records, 'a'), isWritten(records, 'c'), isWritten(records, 'b')]).toEqual([true, false, true]);
  });
});
