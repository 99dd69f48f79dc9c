import { Logger } from '@nestjs/common';
import type { LegacyCodec, ServiceTypes } from '@switchyard/contract';
import { ServiceRegistry } from '@switchyard/server';
import { LegacyWire } from '../../libs/server/src/wires/legacy/legacy.wire.js';
import { legacyPath } from '../conformance/legacy.wire-client.js';
import { startApp, type TestApp } from '../harness/app.js';
import { openSocket, openWs } from '../harness/clients.js';
import type { TestWs } from '../harness/test-ws.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

/** The ways in which clients in other languages send a text. */
const FORMS: Record<string, (text: string) => string | Buffer> = {
  plain: (text) => text,
  'after a space': (text) => ` ${text}`,
  'after a line end': (text) => `\r\n${text}`,
  'before a line end': (text) => `${text}\n`,
  'after a byte order mark': (text) => `\ufeff${text}`,
  'after a byte order mark and a space': (text) => `\ufeff ${text}`,
  'as a binary frame': (text) => Buffer.from(text),
  'as a binary frame with a byte order mark': (text) => Buffer.from(`\ufeff${text}`),
};

/** Frames that are unknown on every old wire. */
const ODD: readonly (string | Buffer)[] = [
  'hello',
  '',
  '{',
  '{"type":',
  '[1]',
  '5',
  'null',
  'true',
  '{}',
  '{"type":null}',
  '{"type":{"constructor":1}}',
  '{"type":"no such type","__proto__":{"type":"message"}}',
  '{"type":"message"}{"type":"message"}',
  Buffer.from([0xff, 0xfe, 0x7b]),
  Buffer.alloc(0),
];

/** Rooms for the services whose rooms begin with a run. */
const ROOMS: Record<string, object> = {
  crawl: { progress_id: 'default', status: 'crawling', percentage: 5, logs: [] },
  'project-creation': { progress_id: 'default', status: 'running', percentage: 5, logs: [] },
  tasks: { project_id: 'default', tasks: [] },
  tests: { execution_id: 'default', status: 'running', updated_at: '', lines: [] },
  meter: { meter_id: 'default', value: 5 },
};

/** Resolves once the server has read every frame that was sent before. */
async function read(ws: TestWs): Promise<void> {
  const answered = new Promise((resolve) => ws.ws.once('pong', resolve));
  ws.ws.ping();
  await answered;
}

describe('an old wire', () => {
  let app: TestApp;
  let toys: ToyApp;
  let session_id: string;
  beforeAll(async () => {
    [app, toys] = await Promise.all([startApp({ LOG_LEVEL: 'warn' }), startToys()]);
    const headers = { 'content-type': 'application/json' };
    const opened = await fetch(`${app.url}/api/agent-chat/sessions`, { method: 'POST', headers, body: '{}' });
    ({ session_id } = (await opened.json()) as { session_id: string });
    toys.board.open('b');
    for (const { app: nest } of [app, toys]) {
      for (const { contract, behaviour } of nest.get(ServiceRegistry, { strict: false }).all()) {
        const room = ROOMS[contract.name];
        if (room) jest.spyOn(behaviour, 'snapshot').mockImplementation(() => room);
      }
    }
  });
  afterAll(() => Promise.all([app.close(), toys.close()]));

  const codecs = () =>
    [app, toys].flatMap(({ app: nest, url }) => {
      const services = nest.get(ServiceRegistry, { strict: false }).all();
      return services.flatMap((service) =>
        (service.wires.codecsOf(LegacyWire) as LegacyCodec<ServiceTypes>[]).map((codec) => ({
          name: service.contract.name,
          codec,
          url,
        })),
      );
    });
  const KEYS = (name: string) => ({ chat: session_id, board: 'b' })[name] ?? 'default';
  const connect = async ({ name, codec, url }: { name: string; codec: LegacyCodec<ServiceTypes>; url: string }) => {
    const ws = await openWs(url, legacyPath(codec, KEYS(name))).opened();
    await read(ws);
    return ws;
  };

  it('covers every service', () => {
    const names = codecs().map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['crawl', 'chat', 'tasks', 'project-creation', 'knowledge']));
    expect(names).toEqual(expect.arrayContaining(['mcp-logs', 'tests', 'query']));
  });

  describe.each(Object.entries(FORMS))('reads JSON %s', (_form, written) => {
    it('in a message, on the wires that carry messages', async () => {
      const text = `form ${_form}`;
      for (const [name, frame] of [
        ['chat', { type: 'message', content: text }],
        ['board', { type: 'post', text }],
      ] as const) {
        const ws = await connect(codecs().find((one) => one.name === name)!);
        ws.ws.send(written(JSON.stringify(frame, null, 2)));
        await ws.waitFor((received) => received.includes(text), `the ${name} message`);
      }
    });

    it('on the socket for all threads', async () => {
      const ws = await openWs(app.url, '/ws').opened();
      ws.ws.send(written('{"type":"ping","correlation_id":"c"}'));
      await ws.waitFor((text) => text.startsWith('{"type":"pong"') && text.includes('"c"'));
    });

    it('and in a text command of the wire', async () => {
      for (const one of codecs().filter(({ codec }) => codec.answer)) {
        for (const word of ['ping', '"ping"']) {
          const ws = await connect(one);
          ws.ws.send(written(word));
          await ws.waitFor((text) => text === 'pong', `a pong of ${one.name}`);
        }
      }
    });
  });

  it('answers an unknown frame in its own format, or logs it once, and stays open', async () => {
    const warned = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const failed = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    let [answering, logging] = [0, 0];
    for (const one of codecs()) {
      const ws = await connect(one);
      const isError = (text: string) => text.startsWith('{"type":"error"');
      for (const odd of ODD) {
        ws.ws.send(odd);
        if (one.codec.encodeError) await ws.waitFor(isError, `an error of ${one.name} for ${String(odd)}`);
      }
      await read(ws);
      const logged = warned.mock.calls.filter(([text]) => String(text).includes(one.codec.path));
      expect({ wire: one.name, logged: logged.length }).toEqual({
        wire: one.name,
        logged: one.codec.encodeError ? 0 : 1,
      });
      expect(ws.ws.readyState).toBe(ws.ws.OPEN);
      if (one.codec.encodeError) answering += 1;
      else logging += 1;
      // Each connection has its own log line.
      const second = await connect(one);
      second.send('hello');
      second.send('hello again');
      await read(second);
      const now = warned.mock.calls.filter(([text]) => String(text).includes(one.codec.path));
      expect(now.length).toBe(one.codec.encodeError ? 0 : 2);
      expect(JSON.stringify(now)).not.toContain('hello');
    }
    expect(failed).not.toHaveBeenCalled();
    for (const spy of [warned, failed]) spy.mockRestore();
    expect(Math.min(answering, logging)).toBeGreaterThan(1);
  });

  it('answers a client that asked for positions on every wire', async () => {
    for (const { name, codec, url } of codecs()) {
      const ws = await openWs(url, legacyPath(codec, KEYS(name), '?switchyard=1')).opened();
      ws.send('[1]');
      const frame = await ws.waitFor((text) => text.includes('"service_error"'), `an error of ${name}`);
      expect(frame).toContain('input.invalid');
    }
  });

  it('for all threads answers every unknown frame', async () => {
    const ws = await openWs(app.url, '/ws').opened();
    for (const odd of [...ODD, '{"type":"user_message","payload":null}', '{"type":"ping"}{"type":"ping"}']) {
      ws.ws.send(odd);
      const error = await ws.waitFor((text) => text.startsWith('{"type":"error"'), `an error for ${String(odd)}`);
      expect(JSON.parse(error)).toMatchObject({ payload: { code: 'input.invalid' }, correlation_id: null });
    }
  });

  describe.each<[string, unknown]>([
    ['null', null],
    ['an empty object', {}],
    ['a number', 5],
    ['a list', [1]],
    ['an id that is null', { research_id: null }],
    ['an id that is no text', { research_id: { a: 1 } }],
    ['an id that can be none', 'a b'],
    ['too large', 'x'.repeat(20_000)],
  ])('on the root namespace given %s', (_what, payload) => {
    it('reports the mistake', async () => {
      const socket = await openSocket(app.url, '/').connected();
      for (const event of ['subscribe_to_research', 'join', 'unsubscribe_from_research', 'leave']) {
        socket.socket.emit(event, payload);
        const [error] = await socket.next('service_error');
        expect(error).toMatchObject({ code: 'input.invalid' });
      }
    });
  });

  it('on the root namespace answers an event that nobody listens to', async () => {
    const socket = await openSocket(app.url, '/').connected();
    expect(await socket.call('no_such_event', {})).toMatchObject({ ok: false, error: { code: 'call.unknown' } });
    socket.socket.emit('no_such_event');
    expect(await socket.next('service_error')).toMatchObject([{ code: 'call.unknown' }]);
  });

  describe('given a correlation_id', () => {
    it.each([
      ['null', null, undefined],
      ['a number', 12, 'input.invalid'],
      ['an object', { constructor: 5 }, 'input.invalid'],
      ['empty', '', 'input.invalid'],
    ])('that is %s accepts the message or reports why not', async (what, correlation_id, code) => {
      const content = `a message whose id is ${what}`;
      const ws = await connect(codecs().find(({ name }) => name === 'chat')!);
      ws.send({ type: 'message', content, correlation_id });
      const all = await openWs(app.url, '/ws').opened();
      all.send({ type: 'user_message', payload: { content, thread_id: session_id, agent_type: null }, correlation_id });
      if (code) {
        expect(await ws.waitFor((text) => text.startsWith('{"type":"error"'))).toContain(`"code":"${code}"`);
        expect(await all.waitFor((text) => text.startsWith('{"type":"error"'))).toContain(`"code":"${code}"`);
      } else {
        await ws.waitFor((text) => text.includes(content), 'the message');
        await all.waitFor((text) => text.startsWith('{"type":"agent_started"'), 'an answer');
      }
    });
  });
});
