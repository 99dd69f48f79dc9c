import type { IncomingMessage, ServerResponse } from 'node:http';
import { DEFAULT_PROXY_OPTIONS } from '@switchyard/server';
import type { ProductProcess } from '../adopter/products/product.process.js';
import { checkFrames } from '../adopter/products/product.proof.js';
import { RawWebSocket } from '../adopter/wire/raw.websocket.js';
import { freePort } from '../harness/free.port.js';
import { forwardHttp } from '../hosted/forward.http.js';
import { proxyOldProcess } from '../hosted/proxying.js';
import { startTelemetry } from '../hosted/telemetry.process.js';
import { readPage } from '../readme/pages.js';
import { KilnGateway } from '../toys/kiln.toy.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

const FIELD = { Authorization: 'Bearer field' };
const PATH = '/devices/pump';

describe('a Python process whose clients are proxied', () => {
  let toys: ToyApp;
  let old: ProductProcess;
  beforeAll(async () => {
    old = await startTelemetry(await freePort());
    toys = await startToys({
      providers: [KilnGateway],
      prepare: (app) => {
        proxyOldProcess(app, old.url);
        // The recorded conversations measure over HTTP.
        app.use((request: IncomingMessage, response: ServerResponse) => forwardHttp(old.url, request, response));
      },
    });
  });
  afterAll(async () => {
    await toys.close();
    await old.stop();
  });

  const open = () => RawWebSocket.open(toys.port, PATH, FIELD);

  it('answers every client as it does directly', async () => {
    // No other path is proxied.
    expect(await checkFrames(toys.port, 'telemetry', ['another path'])).toBeUndefined();
  });

  it('compresses for a client that offers it, as it does directly', async () => {
    const offer = { ...FIELD, 'Sec-WebSocket-Extensions': 'permessage-deflate' };
    const [direct, proxied] = await Promise.all(
      [old.port, toys.port].map(async (port) => {
        const socket = await RawWebSocket.open(port, PATH, offer);
        const frame = await socket.receive();
        socket.close();
        return { head: socket.head, frame };
      }),
    );
    expect(proxied).toEqual(direct);
    expect(proxied!.frame!.rsv).toBe(4);
  });

  it('that is killed loses its clients, and serves them again when it is back', async () => {
    const client = await open();
    expect((await client.receive())?.kind).toBe('text');
    const { port } = old;
    await old.kill();
    expect(await client.receive()).toBeUndefined();
    const refused = await open();
    expect(refused.head[0]).toBe('HTTP/1.1 502 Bad Gateway');
    expect((await refused.refusal()).body).toContain('"code":"upstream.unavailable"');
    old = await startTelemetry(port);
    const back = await open();
    expect((await back.receive())?.payload.toString()).toContain('"hello"');
    back.close();
  });

  it('needs one line of code, which is the documented one', () => {
    const [, documented] = /^(hostUpgrade\(app, .*proxyTo.*)$/m.exec(readPage('docs/host-your-endpoint.md')) ?? [];
    const line = documented!.replace("'http://127.0.0.1:9000'", 'old').replace('telemetry', 'kiln');
    expect(readPage('test/hosted/proxying.ts')).toContain(line);
  });

  it('has the documented defaults', () => {
    const rows = readPage('docs/host-your-endpoint.md').matchAll(/^\| `(\w+)` +\| `(\w+)` +\|/gm);
    const documented = [...rows].map(([, name, value]) => [name, value]);
    const defaults = Object.entries(DEFAULT_PROXY_OPTIONS).map(([name, value]) => [name, String(value)]);
    expect(documented).toEqual(defaults);
  });
});
