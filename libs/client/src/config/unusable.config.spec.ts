import type { RealtimeConfig } from '@switchyard/contract';
import { notes, type NotesTypes } from '../../test/notes.contract.js';
import { Recording } from '../../test/recording.js';
import { Realtime } from '../realtime/realtime.js';
import { ServiceClient } from '../service/service.client.js';
import { FakeTransport } from '../testing/index.js';

const services = { notes: { wire: 'socketio', stage: 'socketio', namespace: '/notes', poll_path: '' } } as const;
const usable: RealtimeConfig = { version: '1.0', server_time: '', features: {}, limits: {}, services };
const page = (status: number) => new Response('<!doctype html><p>A page', { status });

/** A client whose server gives `answer` for a configuration. */
const start = (answer: () => Response, wires = ['socketio']) => {
  const server = { asked: 0, answer };
  const realtime = new Realtime({
    url: 'http://localhost',
    reconnect: { minMs: 1, maxMs: 2 },
    fetch: () => {
      server.asked += 1;
      return Promise.resolve(server.answer());
    },
    transports: (wire) => {
      if (!wires.includes(wire)) return undefined;
      const transport = new FakeTransport(wire);
      transport.admit = () => ({ recovered: false, snapshot: { texts: [] } });
      return transport;
    },
  });
  open.push(realtime);
  const client = new ServiceClient<NotesTypes>(realtime, notes);
  const use = () => {
    const seen = new Recording(client.room('b1').messages$);
    const call = client.call('add_note', { book_id: 'b1', text: '' });
    call.catch(() => undefined);
    return { seen, call };
  };
  return { server, use, states: new Recording(client.state$) };
};
const open: Realtime[] = [];
afterEach(() => open.splice(0).forEach((realtime) => realtime.close()));

describe('the client that is sent what it cannot use', () => {
  it.each([
    ['a page in place of JSON', () => page(200), 'no services'],
    ['a page that says that nothing is there', () => page(404), 'no services'],
    ['another document', () => Response.json([1]), 'no services'],
    ['another version', () => Response.json({ ...usable, version: '2.0' }), 'version 2.0, not 1.x'],
  ])('fails with the reason after five times: %s', async (_what, answer, reason) => {
    const { server, use, states } = start(answer);
    const { seen, call } = use();
    await expect(call).rejects.toMatchObject({ code: 'config.unusable', details: { reason } });
    expect(seen.error).toMatchObject({ code: 'config.unusable', details: { reason } });
    expect(server.asked).toBe(5);
    expect(states.values).toEqual(['idle', 'initializing', 'reconnecting', 'disconnected']);
  });

  it('starts anew with its next room or call', async () => {
    const { server, use, states } = start(() => page(200));
    await use().seen.ended();
    server.answer = () => Response.json(usable);
    const { seen, call } = use();
    await call;
    expect(seen.values).toMatchObject([{ snapshot: { texts: [] } }]);
    expect(states.values.at(-1)).toBe('subscribed');
  });

  it('waits while the server is away, however long', async () => {
    const { server, use, states } = start(() => page(503));
    const { seen, call } = use();
    while (server.asked < 8) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(states.values.at(-1)).toBe('reconnecting');
    server.answer = () => Response.json(usable);
    await call;
    expect(seen.error).toBeUndefined();
  });

  it.each([
    ['no namespace', { services: { notes: { ...services.notes, namespace: undefined } } }, ['socketio']],
    ['no common wire', {}, ['other']],
  ])('fails with the reason at once where it is about a service: %s', async (reason, wrong, wires) => {
    const { use, states } = start(() => Response.json({ ...usable, ...wrong }), wires);
    const { seen, call } = use();
    await expect(call).rejects.toMatchObject({ code: 'config.unusable', details: { reason } });
    expect(seen.error).toMatchObject({ code: 'config.unusable' });
    expect(states.values.at(-1)).toBe('disconnected');
  });
});
