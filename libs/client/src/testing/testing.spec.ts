import { notes } from '../../test/notes.contract.js';
import { Recording } from '../../test/recording.js';
import { ServiceClient } from '../service/service.client.js';
import { fakeRealtime } from './index.js';

it('lets a test play the server', async () => {
  const { realtime, transport } = fakeRealtime(notes);
  const wire = transport(notes);
  wire.admit = () => ({ recovered: false, epoch: 'e', offset: 0, snapshot: { texts: ['old'] } });
  wire.answer = () => ({ ok: true, data: { number: 7 } });
  const client = new ServiceClient(realtime, notes);
  const state = new Recording(
    client
      .room('b1')
      .fold((book, { event, payload }) => (event === 'note_added' ? { texts: [...book.texts, payload.text] } : book)),
  );
  await state.until(({ length }) => length === 1);
  wire.emit('b1', { event: 'note_added', payload: { text: 'a' }, position: { epoch: 'e', offset: 1 } });
  expect(state.values).toEqual([{ texts: ['old'] }, { texts: ['old', 'a'] }]);
  await expect(client.call('add_note', { book_id: 'b1', text: 'b' })).resolves.toEqual({ number: 7 });
  expect(wire.calls).toMatchObject([{ name: 'add_note', payload: { text: 'b' } }]);
  state.stop();
  expect([...wire.rooms.keys()]).toEqual([]);
  realtime.close();
});
