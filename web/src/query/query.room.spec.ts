import { storedRoom, newRoom } from './query.room.js';

function memory() {
  let text: string | undefined;
  return { get: () => text, set: (_key: string, next: string | undefined) => (text = next) };
}

describe('the query room of a browser', () => {
  it('stays the same until another one is started', () => {
    const storage = memory();
    const first = storedRoom(storage);
    expect(first).toMatch(/^console-[0-9a-f]{24}$/);
    expect(storedRoom(storage)).toBe(first);
    const second = newRoom(storage);
    expect(second).not.toBe(first);
    expect(storedRoom(storage)).toBe(second);
  });
});
