import type { Wire } from '@switchyard/contract';
import { useStandIn } from '../../test/fixture.js';
import { Recording } from '../../test/recording.js';
import { notes } from '../../test/notes.contract.js';
import { errorBody } from '../../test/stand-in.rooms.js';

const { server: startServer, page } = useStandIn();

const add = (text: string) => ({ book_id: 'b1', text });

describe.each<Wire>(['socketio', 'legacy'])('calls on %s', (wire) => {
  const start = async (options: Parameters<typeof page>[1] = {}) => {
    const server = await startServer();
    server.wire = wire;
    server.rooms.open(notes, 'b1', { texts: [] });
    return { server, client: page(server.url, options) };
  };
  const textsOf = (server: { calls: { payload: Record<string, unknown> }[] }) =>
    server.calls.map(({ payload }) => payload.text);

  it('are answered with the reply, and carry an id of their own', async () => {
    const { server, client } = await start();
    await expect(client.notes.call('add_note', add('a'))).resolves.toEqual({ number: 1 });
    await client.notes.call('add_note', { ...add('b'), correlation_id: 'mine' });
    const ids = server.calls.map(({ payload }) => payload.correlation_id);
    expect(ids).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), 'mine']);
  });

  it('fail as the server refused them', async () => {
    const { server, client } = await start();
    server.answer = ({ answer }) =>
      answer({ ok: false, error: errorBody('input.invalid', true, { fields: ['text'] }) });
    await expect(client.notes.call('add_note', add(''))).rejects.toMatchObject({
      name: 'Fault',
      code: 'input.invalid',
      details: { fields: ['text'] },
    });
  });

  it('made before there is a server wait for it and go out in order', async () => {
    const { server, client } = await start();
    await server.close();
    const replies = ['a', 'b', 'c', 'd'].map((text) => client.notes.call('add_note', add(text)));
    await server.listen();
    await expect(Promise.all(replies)).resolves.toHaveLength(4);
    expect(textsOf(server)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('made while the connection is away wait for it and go out in order', async () => {
    const { server, client } = await start({ polling: { afterAttempts: 1000 } });
    const seen = new Recording(client.notes.room('b1').messages$);
    await seen.until(({ length }) => length === 1);
    await server.close();
    const state = new Recording(client.notes.state$);
    await state.until((states) => states.at(-1) === 'reconnecting');
    const replies = ['a', 'b', 'c', 'd'].map((text) => client.notes.call('add_note', add(text)));
    await server.listen();
    await Promise.all(replies);
    expect(textsOf(server)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('in flight when the connection is cut are sent again under the same id', async () => {
    const { server, client } = await start();
    await client.notes.call('add_note', add('first'));
    const { answer } = server;
    server.answer = () => undefined;
    const replies = ['a', 'b'].map((text) => client.notes.call('add_note', add(text)));
    await server.until(() => server.calls.length === 3);
    server.answer = answer;
    server.cut();
    await Promise.all(replies);
    expect(textsOf(server).slice(3)).toEqual(['a', 'b']);
    const ids = server.calls.map(({ payload }) => payload.correlation_id);
    expect(ids.slice(3)).toEqual(ids.slice(1, 3));
  });

  it('too old to be recognised as a repeat fail as expired', async () => {
    const { server, client } = await start({ calls: { expiryMs: 300 } });
    await server.close();
    await expect(client.notes.call('add_note', add('a'))).rejects.toMatchObject({ code: 'call.expired' });
    await server.listen();
    await expect(client.notes.call('add_note', add('b'))).resolves.toEqual({ number: 1 });
    expect(textsOf(server)).toEqual(['b']);
  });

  it('beyond the number that may wait fail at once', async () => {
    const { server, client } = await start({ calls: { queued: 2 } });
    await server.close();
    const waiting = [client.notes.call('add_note', add('a')), client.notes.call('add_note', add('b'))];
    await expect(client.notes.call('add_note', add('c'))).rejects.toMatchObject({ code: 'call.queue_full' });
    await server.listen();
    await Promise.all(waiting);
  });

  it('still open when the page closes fail as such', async () => {
    const { server, client } = await start();
    server.answer = () => undefined;
    const reply = client.notes.call('add_note', add('a'));
    await server.until(() => server.calls.length === 1);
    client.realtime.close();
    await expect(reply).rejects.toMatchObject({ code: 'client.closed' });
    await expect(client.notes.call('add_note', add('b'))).rejects.toMatchObject({ code: 'client.closed' });
  });
});
