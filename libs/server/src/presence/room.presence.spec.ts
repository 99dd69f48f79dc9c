import { EventEmitter, once } from 'node:events';
import type { PresenceChange } from '@switchyard/contract';
import { identify, type User } from '../service/caller.js';
import { RoomPresence } from './room.presence.js';

const GRACE_MS = 20;

describe('presence in a room', () => {
  let heard: string[];
  let changed: EventEmitter;
  let presence: RoomPresence;
  beforeEach(() => {
    heard = [];
    changed = new EventEmitter();
    presence = new RoomPresence(undefined, tell, GRACE_MS);
  });
  afterEach(() => presence.close());

  const tell = (event: string, { room, user, members }: PresenceChange) => {
    heard.push(`${room}: ${event} ${user} ${members}`);
    changed.emit(event);
  };
  const left = () => once(changed, 'member_left');
  const connection = (id: string, user: User | undefined = { id: 'ann' }) => ({
    id,
    caller: identify('socketio', user, undefined),
  });

  it('ends for a person when the last of their connections has been gone for the grace', async () => {
    const [phone, laptop] = [connection('phone'), connection('laptop')];
    for (const device of [phone, laptop, laptop]) await presence.enter('r', device);
    const began = performance.now();
    presence.leave('r', phone);
    presence.leave('r', phone);
    expect(await presence.enter('r', connection('other', { id: 'bob' }))).toEqual({
      members: 2,
      users: ['ann', 'bob'],
    });
    presence.leave('r', laptop);
    await left();
    expect(performance.now() - began).toBeGreaterThanOrEqual(GRACE_MS - 1);
    expect(heard).toEqual(['r: member_joined ann 1', 'r: member_joined bob 2', 'r: member_left ann 1']);
    expect(presence.size).toBe(1);
  });

  it('waits anew for somebody who came back, and keeps rooms apart', async () => {
    const ann = connection('c');
    await presence.enter('r', ann);
    await presence.enter('s', ann);
    presence.leave('r', ann);
    await presence.enter('r', ann);
    presence.leave('s', ann);
    await left();
    presence.leave('r', ann);
    await left();
    expect(heard.slice(2)).toEqual(['s: member_left ann 0', 'r: member_left ann 0']);
    expect(presence.size).toBe(0);
  });

  it('takes every connection for a person that has neither user nor client', async () => {
    const nobody = (id: string) => ({ id, caller: identify('legacy', undefined, undefined) });
    await presence.enter('r', nobody('one'));
    expect(await presence.enter('r', nobody('two'))).toMatchObject({ members: 2 });
    expect(await presence.visit('r', nobody('poll').caller)).toMatchObject({ members: 2 });
  });

  it('is over without a word when the process ends', async () => {
    const ann = connection('c');
    await presence.enter('r', ann);
    presence.close();
    presence.leave('r', ann);
    expect(presence.size).toBe(0);
    expect(heard).toEqual(['r: member_joined ann 1']);
  });
});
