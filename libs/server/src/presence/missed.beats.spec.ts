import { Heartbeat } from '../cluster/heartbeat.js';
import { RoomPresence } from './room.presence.js';

const DAY_MS = 86_400_000;
const GRACE_MS = 3000;

describe('presence', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('removes the people of a process that missed beats in a row, and of none that missed one', async () => {
    let dead: string[] = [];
    const swept: string[] = [];
    const node = new Heartbeat('self', { beat: () => Promise.resolve(true), leave: () => Promise.resolve() });
    const shared = {
      dead: () => Promise.resolve(dead),
      sweep: (other: string) => Promise.resolve(void swept.push(other)),
    };
    const presence = new RoomPresence({ node, presence: shared as never }, () => undefined, GRACE_MS);
    await presence.start();
    const beat = (looksDead: string[]) => {
      dead = looksDead;
      return jest.advanceTimersByTimeAsync(GRACE_MS / 3);
    };
    await beat(['a']);
    await beat([]);
    await beat(['a', 'b']);
    expect(swept).toEqual([]);
    await beat(['b']);
    expect(swept).toEqual(['b']);
    presence.close();
  });

  it('accepts a grace that is longer than a timer can wait', async () => {
    const published: (object | undefined)[] = [];
    const presence = new RoomPresence(
      undefined,
      (_room, make) => void make().then((event) => event && published.push(event.payload as object)),
      60 * DAY_MS,
    );
    const member = (id: string) => ({ id, caller: { key: `user:${id}`, user: { id }, wire: 'socketio' } }) as never;
    await presence.enter('r', member('bob'));
    await presence.enter('r', member('ann'));
    await jest.advanceTimersByTimeAsync(1000);
    presence.leave('r', member('ann'));
    await jest.advanceTimersByTimeAsync(59 * DAY_MS);
    expect(published.splice(0)).toEqual([{ room: 'r', joined: ['ann'], left: [], members: 2 }]);
    await jest.advanceTimersByTimeAsync(2 * DAY_MS);
    expect(published).toEqual([{ room: 'r', joined: [], left: ['ann'], members: 1 }]);
    presence.close();
  });
});
