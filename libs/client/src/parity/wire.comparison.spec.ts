import WebSocket from 'ws';
import { notes, notesLegacy } from '../../test/notes.contract.js';
import { useNotes } from '../../test/fixture.js';
import { until } from '../../../../test/harness/until.js';
import { WireComparison, type WireComparisonOptions } from './wire.comparison.js';
import type { NotesTypes } from '../../test/notes.contract.js';

describe('a comparison of two wires', () => {
  let running: WireComparison<NotesTypes> | undefined;
  // Before the server's own, which waits for all clients to leave.
  afterEach(() => running?.stop());
  const { server } = useNotes();

  function compare(options: Partial<WireComparisonOptions<NotesTypes>> = {}) {
    const { url } = server();
    const codec = notesLegacy;
    running = new WireComparison({ url, contract: notes, codec, rooms: ['b1'], WebSocket, missingMs: 500, ...options });
    return running;
  }

  it('finds the same on both wires of a healthy service', async () => {
    server().book('b1', ['first']);
    const comparison = compare();
    await comparison.start();
    for (let note = 0; note < 20; note += 1) await server().gateway.note('b1', `note ${note}`);
    await until('all is compared', () => comparison.progress().matched >= 20);
    expect(await comparison.stop()).toMatchObject({
      service: 'notes',
      old: 'legacy',
      new: 'socketio',
      mismatches: {},
      shed: 0,
      examples: [],
    });
  });

  it('says which wire does not admit which room', async () => {
    await expect(compare({ rooms: ['nowhere'] }).start()).rejects.toMatchObject({
      code: 'comparison.unreachable',
      details: { room: 'book_nowhere' },
    });
  });
});
