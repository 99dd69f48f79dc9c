import { Realtime } from '../realtime/realtime.js';
import { useNotes } from '../../test/fixture.js';
import { Recording } from '../../test/recording.js';

const { server, page } = useNotes();
const platform = globalThis as { WebSocket?: unknown; fetch?: unknown };

describe('a platform', () => {
  const { WebSocket, fetch } = platform;
  afterEach(() => Object.assign(platform, { WebSocket, fetch }));

  it('without a WebSocket is said to have none, and the service uses the standard wire', async () => {
    platform.WebSocket = undefined;
    await server().use('legacy');
    server().book('b1');
    const { notes, realtime } = page({ WebSocket: undefined });
    const faults = new Recording(realtime.faults$);
    const seen = new Recording(notes.room('b1').messages$);
    await seen.until(({ length }) => length === 1);
    expect(realtime.stats().wires).toEqual({ notes: 'socketio' });
    expect(faults.values[0]).toMatchObject({
      code: 'platform.no_websocket',
      help: expect.stringContaining('new Realtime({ WebSocket })') as string,
    });
  });

  it('without fetch is refused with the name of the option', () => {
    platform.fetch = undefined;
    expect(() => new Realtime({ url: 'http://localhost' })).toThrow(/option fetch/);
  });
});

it('a client is left alone by what wraps plain objects in proxies', () => {
  const { notes, realtime } = page();
  const typeOf = (value: unknown) => Object.prototype.toString.call(value);
  expect([typeOf(notes), typeOf(realtime)]).toEqual(['[object ServiceClient]', '[object Realtime]']);
});
