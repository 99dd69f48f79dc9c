import type { RealtimeConfig, Reply } from '@switchyard/contract';
import { ServiceRegistry } from '@switchyard/server';
import { CallSizes } from '../../libs/server/src/dispatch/call.sizes.js';
import { nextFrame } from '../chat/chat.app.js';
import { startApp, type TestApp } from '../harness/app.js';
import { openWs } from '../harness/clients.js';
import { overHttp, overSocketIo, type CallAsWritten } from '../payloads/call.wires.js';
import { accepts, longestOf, sampleOf, type PayloadClass } from '../payloads/payload.class.js';
import { callsOfAll, echoPayloads, type ServedCall } from '../payloads/served.calls.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

const ALPHABETS = ['é', '日', '😀', '😀\ufe0f'];
/** The wires with the alphabets that calls are made in. Behind both is the same check; Socket.IO has its own limit before it. */
const WIRES: [string, (url: string) => CallAsWritten, readonly string[]][] = [
  ['Socket.IO', overSocketIo, ALPHABETS],
  ['HTTP', overHttp, ALPHABETS.slice(-1)],
];
const ENCODINGS: [string, (value: unknown) => string][] = [
  ['as UTF-8', (value) => JSON.stringify(value)],
  ['escaped to ASCII', escaped],
];

/** JSON as written by clients that use only ASCII. */
function escaped(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

describe('a payload of the length that its contract allows', () => {
  let app: TestApp;
  let toys: ToyApp;
  beforeAll(async () => {
    [app, toys] = await Promise.all([startApp(), startToys()]);
    for (const served of [app, toys]) echoPayloads(served.app);
  });
  afterAll(() => Promise.all([app.close(), toys.close()]));

  const sizesAt = (url: string) => [app, toys].find((one) => one.url === url)!.app.get(CallSizes, { strict: false });
  const served = () => [app, toys].flatMap(({ app: nest, url }) => callsOfAll(nest).map((call) => ({ ...call, url })));

  const known = new Map<string, Record<string, unknown>>();
  const longest = ({ service: { contract }, call, type }: ServedCall, alphabet: string) => {
    const at = `${contract.name}.${call} ${alphabet}`;
    if (!known.has(at)) known.set(at, longestOf(type, alphabet, keyOf(contract)));
    return known.get(at)!;
  };

  describe.each(WIRES)('over %s', (_wire, connect, alphabets) => {
    const open = () => {
      const wires = new Map([app, toys].map(({ url }) => [url, connect(url)]));
      return (url: string, service: string, call: string, text: string) => wires.get(url)!(service, call, text);
    };

    it.each(ENCODINGS)('is accepted in every call, in every field at once, in any script, %s', async (_how, write) => {
      const make = open();
      const sizes: number[] = [];
      for (const one of served()) {
        const { url, service, call } = one;
        for (const alphabet of alphabets) {
          const payload = longest(one, alphabet);
          const text = write(payload);
          sizes.push(Buffer.byteLength(text));
          const what = `${service.contract.name}.${call} of ${Buffer.byteLength(text)} bytes`;
          expect({ what, reply: await make(url, service.contract.name, call, text) }).toEqual({
            what,
            reply: { ok: true, data: payload },
          });
        }
      }
      expect(Math.max(...sizes)).toBeGreaterThan(300_000);
    });

    it.each(ENCODINGS)('is refused for one character more, with the field, %s', async (_how, write) => {
      const make = open();
      let fields = 0;
      for (const one of served()) {
        const { url, service, call, type } = one;
        for (const alphabet of ['日', '😀\ufe0f']) {
          const full = longest(one, alphabet);
          for (const [name, value] of Object.entries(full)) {
            if (typeof value !== 'string' || !isBounded(type, name, value, alphabet)) continue;
            fields += 1;
            const reply = await make(url, service.contract.name, call, write({ ...full, [name]: value + alphabet }));
            const what = `${service.contract.name}.${call} ${name}`;
            expect({ what, reply }).toMatchObject({ what, reply: { error: { code: 'input.invalid' } } });
            expect(JSON.stringify(reply)).toContain(name);
          }
        }
      }
      expect(fields).toBeGreaterThan(40);
    });

    it('is refused in more bytes than it can have, with the limit', async () => {
      const make = open();
      for (const { url, service, call, type } of served()) {
        const { name } = service.contract;
        const send = (bytes: number) => {
          const text = JSON.stringify({ ...sampleOf(type), padding: '' });
          return make(url, name, call, text.replace('"padding":""', `"padding":"${'x'.repeat(bytes - text.length)}"`));
        };
        const largest = sizesAt(url).ofService(name);
        const refused = (await send(largest + 1)) as Reply & { ok: false };
        expect(refused).toMatchObject({ ok: false, error: { code: 'payload.too_large' } });
        const { limit_bytes } = refused.error.details as { limit_bytes: number };
        expect(limit_bytes).toBeLessThanOrEqual(largest);
        expect(limit_bytes).toBeGreaterThanOrEqual(10_240);
        // Space for the envelope that Socket.IO adds to a payload.
        expect((await send(limit_bytes - 100)).ok).toBe(true);
        expect(await send(limit_bytes + 1)).toMatchObject({ error: { code: 'payload.too_large' } });
      }
    });
  });

  it('is refused over HTTP with a status, also beyond the limit of what is read', async () => {
    const { limits } = (await (await fetch(`${app.url}/realtime/config`)).json()) as RealtimeConfig;
    for (const bytes of [limits.max_message_bytes! + 1, limits.max_message_bytes! * 3]) {
      for (const path of ['/realtime/calls/chat/send_message', '/api/projects', '/api/crawls']) {
        const body = JSON.stringify({ message: 'x'.repeat(bytes) });
        const headers = { 'content-type': 'application/json', origin: 'http://localhost:3000' };
        const response = await fetch(app.url + path, { method: 'POST', headers, body });
        expect(response.status).toBe(413);
        expect(response.headers.get('access-control-allow-origin')).toBe('http://localhost:3000');
        const { error } = (await response.json()) as { error: { code: string; details: { limit_bytes: number } } };
        expect(error).toMatchObject({ code: 'payload.too_large', details: { limit_bytes: expect.any(Number) } });
      }
    }
  });

  it('has a limit that a client knows before it sends', async () => {
    const config = (await (await fetch(`${app.url}/ws/config`)).json()) as RealtimeConfig & {
      websocket_config: Record<string, number>;
    };
    const { limits, websocket_config } = config;
    const sizes = sizesAt(app.url);
    const services = app.app.get(ServiceRegistry, { strict: false }).all();
    const ofAll = services.map(({ contract }) => sizes.ofService(contract.name));
    expect(sizes.ofService('chat')).toBeGreaterThan(8000 * 18);
    expect(sizes.ofService('tasks')).toBeGreaterThan(1000 * 128 * 18);
    expect(limits.max_message_bytes).toBe(Math.max(...ofAll));
    expect(websocket_config.max_message_bytes).toBe(sizes.ofService('chat'));
  });
});

describe('a message of the longest text', () => {
  let app: TestApp;
  let session_id: string;
  beforeAll(async () => {
    app = await startApp();
    const headers = { 'content-type': 'application/json' };
    const opened = await fetch(`${app.url}/api/agent-chat/sessions`, { method: 'POST', headers, body: '{}' });
    ({ session_id } = (await opened.json()) as { session_id: string });
  });
  afterAll(() => app.close());

  const OLD_WIRES: [string, () => string, (content: string) => object, string][] = [
    [
      'the chat’s old wire',
      () => `/api/agent-chat/sessions/${session_id}/ws`,
      (content) => ({ type: 'message', content }),
      'message',
    ],
    [
      'the agents’ old wire',
      () => '/ws',
      (content) => ({ type: 'user_message', payload: { content, thread_id: session_id } }),
      'agent_started',
    ],
  ];
  const code = ({ data, payload }: Record<string, any>) => ((data ?? payload) as { code: string }).code;

  describe.each(OLD_WIRES)('on %s', (_wire, path, frame, taken) => {
    it.each(ENCODINGS)('is accepted, and one character more is answered with the reason, %s', async (_how, write) => {
      for (const alphabet of ['é', '日', '😀', '😀\ufe0f']) {
        const ws = await openWs(app.url, path()).opened();
        ws.send(write(frame(alphabet.repeat(8000))));
        await nextFrame(ws, taken);
        ws.send(write(frame(alphabet.repeat(8001))));
        expect(code(await nextFrame(ws, 'error'))).toBe('input.invalid');
        await ws.close();
      }
    });

    it('is answered with the reason in more bytes than it can have, and the socket stays open', async () => {
      const ws = await openWs(app.url, path()).opened();
      ws.send(frame('x'.repeat(400_000)));
      expect(code(await nextFrame(ws, 'error'))).toBe('payload.too_large');
      ws.send(frame('short'));
      await nextFrame(ws, taken);
    });
  });
});

/** The field that names the room of a call: its characters are those of a key. */
function keyOf({ room }: { room: object }): string {
  return 'key' in room ? (room.key as string) : '';
}

/** Whether a field that accepts this text accepts no longer one. */
function isBounded(type: PayloadClass, name: string, text: string, alphabet: string): boolean {
  return accepts(type, name, { [name]: text }) && !accepts(type, name, { [name]: text + alphabet });
}
