import type { LegacyFrame } from '@switchyard/contract';
import { openWs } from '../harness/clients.js';
import { EventStream } from '../harness/event.stream.js';
import { until } from '../harness/until.js';
import { JobsGateway, jobStream } from '../old-wires/event-stream.example.js';
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

describe.each<[string, (url: string, beats: () => number) => Promise<void>]>([
  [
    'an old WebSocket',
    async (url, beats) => {
      const ws = await openWs(url, '/api/boards/b/ws').opened();
      await ws.next();
      await until('two failures', () => beats() >= 2);
      expect(ws.ws.readyState).toBe(ws.ws.OPEN);
    },
  ],
  [
    'an old event stream',
    async (url, beats) => {
      const stream = new EventStream(url + jobStream.path.replace(':job_id', 'j'));
      await stream.next('progress');
      await until('two failures', () => beats() >= 2);
      expect((await stream.answered()).status).toBe(200);
      stream.close();
    },
  ],
])('a codec that fails to make the heartbeats of %s', (_name, follow) => {
  const codecs = [boardLegacy, jobStream] as { heartbeat?: typeof boardLegacy.heartbeat }[];
  const before = codecs.map(({ heartbeat }) => heartbeat);
  afterEach(() => codecs.forEach((codec, at) => (codec.heartbeat = before[at])));

  it('ends neither the connection nor the process', async () => {
    let beats = 0;
    const fail = (): never => {
      beats += 1;
      throw new Error('no word for it');
    };
    for (const codec of codecs) codec.heartbeat = { every_ms: 5, frame: fail };
    const toys = await startToys({ providers: [JobsGateway] });
    toys.board.open('b');
    toys.get(JobsGateway).jobs.set('j', 1);
    await follow(toys.url, () => beats);
    await toys.close();
  });
});
