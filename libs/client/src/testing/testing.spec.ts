import { Fault, type MembersPage, type PresenceChange } from '@switchyard/contract';
import { map } from 'rxjs';
import { notes, type NotesTypes } from '../../test/notes.contract.js';
import { Recording } from '../../test/recording.js';
import { ServiceClient } from '../service/service.client.js';
import { fakeRealtime } from './index.js';

/** The view of an application: the texts of a book. */
const textsOf = (client: ServiceClient<NotesTypes>, book: string) =>
  client
    .room(book)
    .fold((known, { event, payload }) => (event === 'note_added' ? { texts: [...known.texts, payload.text] } : known));

describe('a test that plays the server', () => {
  const start = () => {
    const { realtime, transport } = fakeRealtime(notes);
    const wire = transport(notes);
    wire.admit = () => ({ recovered: false, epoch: 'e', offset: 0, snapshot: { texts: ['old'] } });
    return { realtime, wire, client: new ServiceClient(realtime, notes) };
  };
  const note = (text: string, offset: number) => ({
    event: 'note_added',
    payload: { text },
    position: { epoch: 'e', offset },
  });

  it('sends the snapshot and events, and sees the joins and calls of the page', async () => {
    const { realtime, wire, client } = start();
    wire.answer = () => ({ ok: true, data: { number: 7 } });
    const state = new Recording(textsOf(client, 'b1'));
    await wire.joined('b1');
    wire.emit('b1', note('a', 1));
    expect(state.values).toEqual([{ texts: ['old'] }, { texts: ['old', 'a'] }]);
    await expect(client.call('add_note', { book_id: 'b1', text: 'b' })).resolves.toEqual({ number: 7 });
    expect(wire.calls).toMatchObject([{ name: 'add_note', payload: { text: 'b' } }]);
    state.stop();
    expect([...wire.rooms.keys()]).toEqual([]);
    realtime.close();
  });

  it('refuses joins and calls', async () => {
    const { realtime, wire, client } = start();
    wire.admit = () => new Fault('room.forbidden');
    wire.answer = () => {
      throw new Fault('input.invalid', { fields: ['text'] });
    };
    const state = new Recording(textsOf(client, 'b1'));
    await state.ended();
    expect(state.error).toMatchObject({ code: 'room.forbidden' });
    await expect(client.call('add_note', { book_id: 'b1', text: '' })).rejects.toMatchObject({
      code: 'input.invalid',
      details: { fields: ['text'] },
    });
    realtime.close();
  });

  it('cuts the connection: calls wait, and rooms resume from their positions', async () => {
    const { realtime, wire, client } = start();
    const state = new Recording(textsOf(client, 'b1'));
    await wire.joined('b1');
    wire.emit('b1', note('a', 1));
    wire.lose();
    expect(realtime.state$.value).toBe('reconnecting');
    const call = client.call('add_note', { book_id: 'b1', text: 'c' });
    expect(wire.calls).toEqual([]);
    const missed = { event: 'note_added', payload: { text: 'b' }, epoch: 'e', offset: 2 };
    wire.admit = () => ({ recovered: true, epoch: 'e', offset: 2, events: [missed] });
    wire.connect();
    await call;
    expect(state.values.at(-1)).toEqual({ texts: ['old', 'a', 'b'] });
    expect(realtime.stats()).toMatchObject({ reconnects: 1, duplicatesDropped: 0 });
    realtime.close();
  });

  it('says who is in a room, and lists many members page by page', async () => {
    const { realtime, wire, client } = start();
    wire.admit = () => ({ recovered: false, epoch: 'e', offset: 0, snapshot: { texts: [] }, members: 1, users: ['a'] });
    const room = client.room('b1');
    const counts = new Recording(room.presence$.pipe(map(({ members }) => members)));
    await wire.joined('b1');
    const change: PresenceChange = { room: 'book_b1', joined: ['b'], left: [], members: 2 };
    wire.emit('b1', { event: 'presence_changed', payload: change });
    expect(counts.values).toEqual([1, 2]);
    const page: MembersPage = { room: 'book_b1', members: 101, page: 2, per_page: 100, pages: 2, users: ['z'] };
    wire.answer = () => ({ ok: true, data: page });
    expect(await room.listMembers(2)).toEqual(page);
    expect(wire.calls).toMatchObject([{ name: 'list_members', payload: { room: 'book_b1', page: 2 } }]);
    realtime.close();
  });
});
