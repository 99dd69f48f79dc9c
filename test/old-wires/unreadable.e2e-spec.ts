import type { LegacyCodec, LegacyReading, TopicCodec, TypesOf } from '@switchyard/contract';
import { ServiceGateway, legacy, topics } from '@switchyard/server';
import { openWs } from '../harness/clients.js';
import type { TestWs } from '../harness/test-ws.js';
import type { ToyApp } from '../toys/toy.app.js';
import { BellGateway, bell, bellEndpoints } from './doors.toy.js';
import { startOldWire, untilNoneWaits } from './old.wire.server.js';

type BellTypes = TypesOf<typeof bell>;

/** Speaks JSON and the text `ping`: closes for bytes, and answers another text; fails for one. */
const picky: LegacyReading = {
  unreadable({ isBinary, isJson, text, bytes }, { session_id }) {
    if (bytes > 5000) return { close: { code: 1009, reason: `${bytes} bytes` } };
    if (text === 'fail') throw new Error('no word for it');
    if (isBinary) return { frames: [{ type: 'bytes', isJson }], close: { code: 1003, reason: 'text only' } };
    if (text === '') return {};
    return isJson || text === 'ping' ? undefined : { frames: [{ type: 'error', isOpen: session_id !== undefined }] };
  },
};
const answer = (frame: unknown) => (frame === 'ping' ? 'pong' : { type: 'odd', frame });

const inRoom: LegacyCodec<BellTypes> = { ...bellEndpoints.bare, ...picky, answer, path: '/picky/room/:bell' };
const onTopics: TopicCodec<BellTypes> = {
  socket: {
    ...picky,
    path: '/picky/topics',
    decode: (frame) => ({ kind: 'answer', frame: answer(frame) }),
    encodeError: () => undefined,
  },
  keyOf: (topic) => topic,
  topicOf: (key) => key,
  encodeEvent: () => undefined,
};

@ServiceGateway(bell, { wires: [legacy(inRoom), topics(onTopics)] })
class PickyBells extends BellGateway {}

describe('a frame that an old wire cannot read', () => {
  let toys: ToyApp;
  beforeAll(async () => {
    toys = await startOldWire(PickyBells);
  });
  afterAll(() => toys.close());

  const open = async (path: string, frames = 0) => {
    const ws = await openWs(toys.url, path).opened();
    for (let read = 0; read < frames; read += 1) await ws.next();
    return ws;
  };
  const wires: [string, boolean, () => Promise<TestWs>][] = [
    ['of one room', true, () => open('/picky/room/b?token=ada', 1)],
    ['of one room, before its client has authenticated', false, () => open('/picky/room/b')],
    ['of topics', true, () => open('/picky/topics?token=ada')],
  ];

  it.each(wires)('gets the frame of the wire %s, which goes on', async (_wire, isOpen, connect) => {
    const ws = await connect();
    ws.send('{');
    expect(await ws.nextJson()).toEqual({ type: 'error', isOpen });
    ws.send('');
    if (!isOpen) return ws.close();
    ws.send('ping');
    expect(await ws.next()).toBe('pong');
    await ws.close();
  });

  it.each(wires)('closes the socket in the words of the wire %s', async (_wire, _isOpen, connect) => {
    const ws = await connect();
    ws.ws.send(Buffer.from('{"type":"hello","token":"ada"}'));
    expect(await ws.nextJson()).toEqual({ type: 'bytes', isJson: true });
    expect(await ws.closed()).toEqual({ code: 1003, reason: 'text only' });
    await untilNoneWaits(toys);
  });

  it.each(['', '{"a":', '\ud800', '9'.repeat(2000), '\0'])('may be the text %j', async (text) => {
    const ws = await open('/picky/topics?token=ada');
    ws.send(text);
    ws.send('ping');
    const frames = [await ws.next()];
    while (frames.at(-1) !== 'pong') frames.push(await ws.next());
    expect(frames.length).toBeLessThanOrEqual(2);
    await ws.close();
  });

  it('may have too many bytes, whatever its characters', async () => {
    const ws = await open('/picky/room/b?token=ada', 1);
    ws.send('ä'.repeat(3000));
    expect(await ws.closed()).toEqual({ code: 1009, reason: '6000 bytes' });
  });

  it('may be bytes that are no text', async () => {
    const ws = await open('/picky/room/b?token=ada', 1);
    ws.ws.send(Buffer.from([0xff, 0xfe, 0xff]));
    expect(await ws.nextJson()).toEqual({ type: 'bytes', isJson: false });
    expect((await ws.closed()).code).toBe(1003);
  });

  it('is read as without a word for it when the codec fails, and so is every frame of our client', async () => {
    const ws = await open('/picky/room/b?token=ada', 1);
    ws.send('fail');
    expect(await ws.nextJson()).toEqual({ type: 'odd', frame: 'fail' });
    await ws.close();
    const ours = await open('/picky/room/b?token=ada&switchyard=1', 1);
    ours.ws.send(Buffer.from('ping'));
    expect(await ours.waitFor((frame) => !frame.includes('_sy'))).toBe('pong');
    await ours.close();
  });
});
