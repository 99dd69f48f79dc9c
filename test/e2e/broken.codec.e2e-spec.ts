import type { LegacyFrame } from '@switchyard/contract';
import { openWs } from '../harness/clients.js';
import { boardLegacy } from '../toys/board.toy.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

const NOTE = /"(odd|even)"/;

describe('an old wire whose codec fails on an event', () => {
  let toys: ToyApp;
  beforeEach(async () => {
    toys = await startToys();
    toys.board.open('b');
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await toys.close();
  });

  it.each<[string, () => LegacyFrame]>([
    [
      'throws an error',
      () => {
        throw new Error('no word for it');
      },
    ],
    ['makes a frame that JSON cannot express', () => ({ type: 'note', data: 1n })],
  ])('and %s loses that event for its old clients alone', async (_how, encode) => {
    const [old, positioned, other] = await Promise.all([
      openWs(toys.url, '/api/boards/b/ws').opened(),
      openWs(toys.url, '/api/boards/b/ws?switchyard=1').opened(),
      openWs(toys.url, '/boards').opened(),
    ]);
    await old.next();
    await positioned.waitFor((frame) => frame.includes('joined'));
    other.send({ board: 'b', text: 'a note of the third client' });
    for (const ws of [old, positioned, other]) await ws.waitFor((frame) => frame.includes('third client'));
    jest.spyOn(boardLegacy, 'encodeEvent').mockImplementationOnce(encode);
    await toys.board.post({ board_id: 'b', text: 'odd' });
    await toys.board.post({ board_id: 'b', text: 'even' });
    expect(await old.waitFor((frame) => NOTE.test(frame))).toContain('"even"');
    for (const text of ['odd', 'even']) {
      const frame = await positioned.waitFor((each) => NOTE.test(each));
      expect(JSON.parse(frame)).toMatchObject({ _sy: { event: 'note', payload: { text } } });
      expect(await other.nextJson()).toMatchObject({ note: { text } });
    }
  });
});
