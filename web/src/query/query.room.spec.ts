import { storedRoom, newRoom } from './query.room.js';

function memory() {
  let text: string | undefined;
  return { get: () => text, set: (_key: string, next: string | undefined) => (text = next) };
}

describe('the room a browser asks in', () => {
  it('is the same until another one is begun', () => {
    const storage = memory();
    const first = storedRoom(storage);
    expect(first).toMatch(/^console-[0-9a-f]{24}$/);
    expect(storedRoom(storage)).toBe(first);
    const second = newRoom(storage);
    expect(second).not.toBe(first);
    expect(storedRoom(storage)).toBe(second);
  });
});
