import { PREFIX, PrefixProxy } from '../../test/prefix.proxy.js';
import { useNotes, usePages } from '../../test/fixture.js';
import { Recording } from '../../test/recording.js';
import type { RealtimeOptions } from './realtime.options.js';

const { server } = useNotes();
const { page } = usePages();

it.each(['socketio', 'legacy', 'sse', 'polling'] as const)(
  'the page finds a server under its prefix and on its path of Socket.IO: %s',
  async (wire) => {
    server().book('b1', ['there']);
    const proxy = await PrefixProxy.to(server().url);
    const options: RealtimeOptions = { prefix: PREFIX, fallbacks: [], wire };
    const { notes, realtime } = page(proxy.url, options);
    const seen = new Recording(notes.room('b1').messages$);
    await seen.until(({ length }) => length > 0);
    expect(seen.values[0]).toMatchObject({ snapshot: { texts: ['there'] } });
    await notes.call('add_note', { book_id: 'b1', text: 'here' });
    expect(server().calls).toMatchObject([{ name: 'add_note', payload: { text: 'here' } }]);
    expect(realtime.stats().wires).toEqual({ notes: wire });
    realtime.close();
    await proxy.close();
  },
);
