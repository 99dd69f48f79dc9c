import type { Fault, RealtimeConfig } from '@switchyard/contract';
import { notes, type NotesTypes } from '../../test/notes.contract.js';
import { Recording } from '../../test/recording.js';
import { Realtime } from '../realtime/realtime.js';
import { ServiceClient } from '../service/service.client.js';
import { FakeTransport } from '../testing/index.js';
import { CodeLoader, type LaterCode } from './code.loader.js';
import { LaterTransport } from './later.transport.js';

const backoff = { minMs: 1, maxMs: 2 };
const at = (offset: number) => ({ epoch: 'e', offset });

/** A service on `later`, a wire whose file arrives at the fourth attempt. */
const start = (options: { wire?: 'later' } = {}) => {
  const file = { asked: 0 };
  const reports: Fault[] = [];
  const loader = new CodeLoader(
    (fault) => reports.push(fault),
    () => ((file.asked += 1) < 4 ? Promise.reject(new TypeError('404')) : Promise.resolve({} as LaterCode)),
  );
  const later = new FakeTransport('later');
  const own = new FakeTransport('socketio');
  later.admit = () => ({ recovered: true, ...at(2), events: [note('missed', 2)] });
  own.admit = () => ({ recovered: false, ...at(1), snapshot: { texts: [] } });
  const services = { notes: { wire: 'socketio', stage: 'socketio', namespace: '/notes', poll_path: '' } } as const;
  const config: RealtimeConfig = { version: '1.0', server_time: '', features: {}, limits: {}, services };
  const made = { later: 0 };
  const realtime = new Realtime({
    url: 'http://localhost',
    config,
    reconnect: backoff,
    fallbacks: ['later'],
    transports: (wire) => {
      if (wire === 'socketio') return own;
      made.later += 1;
      return new LaterTransport(wire, undefined, backoff, () => loader.load().then(() => later));
    },
    ...options,
  });
  open.push(realtime);
  const client = new ServiceClient<NotesTypes>(realtime, notes);
  const seen = new Recording(client.room('b1').messages$);
  const texts = () => seen.values.flatMap((message) => ('event' in message ? [message.payload] : []));
  return { client, realtime, file, reports, later, own, seen, texts, made };
};
const note = (text: string, offset: number) => ({ event: 'note_added', payload: { text }, ...at(offset) });
const open: Realtime[] = [];
afterEach(() => open.splice(0).forEach((realtime) => realtime.close()));

describe('a wire whose code does not arrive', () => {
  it('is tried again, tells the page once, and then serves the rooms and calls that waited', async () => {
    const { client, file, reports, later, own, seen, texts } = start();
    await seen.until(({ length }) => length === 1);
    own.lose(3);
    const call = client.call('add_note', { book_id: 'b1', text: 'queued' });
    await call;
    await seen.until(({ length }) => length === 2);
    later.emit('b1', { event: 'note_added', payload: { text: 'next' }, position: at(3) });
    expect(texts()).toEqual([{ text: 'missed' }, { text: 'next' }]);
    expect(later.calls).toMatchObject([{ name: 'add_note', payload: { text: 'queued' } }]);
    expect(file.asked).toBe(4);
    expect(reports).toMatchObject([{ code: 'code.not_loaded', cause: { message: '404' } }]);
  });

  it('fails a move with the reason, and the service stays on its wire without a gap', async () => {
    const { client, realtime, own, seen, texts, later } = start();
    await seen.until(({ length }) => length === 1);
    await expect(client.connection.switchTo('later')).rejects.toMatchObject({ code: 'code.not_loaded' });
    own.emit('b1', { event: 'note_added', payload: { text: 'still here' }, position: at(2) });
    expect(texts()).toEqual([{ text: 'still here' }]);
    expect(realtime.stats().moves).toMatchObject({ made: 0, failed: 1, lastFailure: { code: 'code.not_loaded' } });
    expect(later.rooms.size).toBe(0);
  });

  it('leaves nothing behind when its service closes meanwhile', async () => {
    const { client, later, own, seen, realtime } = start();
    await seen.until(({ length }) => length === 1);
    own.lose(3);
    const call = client.call('add_note', { book_id: 'b1', text: 'queued' });
    realtime.close();
    await expect(call).rejects.toMatchObject({ code: 'client.closed' });
    expect(later.rooms.size).toBe(0);
  });
});

it('the later code is loaded once for all that ask at the same time, and again only after a failure', async () => {
  let asked = 0;
  let answer!: (code: LaterCode) => void;
  const loader = new CodeLoader(
    () => undefined,
    () => new Promise((resolve) => ((asked += 1), (answer = resolve))),
  );
  const loading = [loader.load(), loader.load()];
  expect(loader.code).toBeUndefined();
  answer({} as LaterCode);
  await Promise.all(loading);
  await loader.load();
  expect(asked).toBe(1);
  expect(loader.code).toBeDefined();
});
