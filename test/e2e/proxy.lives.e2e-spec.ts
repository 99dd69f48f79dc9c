import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createSecureServer } from 'node:tls';
import { Logger } from '@nestjs/common';
import { hostUpgrade, proxyTo, type ProxyOptions } from '@switchyard/server';
import { AdminClient } from '../harness/admin.client.js';
import { rawUpgrade } from '../harness/raw.upgrade.js';
import { changeStage } from '../harness/stage.change.js';
import { until } from '../harness/until.js';
import { connectThrough, requestOf, SWITCHING } from '../hosted/proxied.connection.js';
import { RawPeer } from '../hosted/raw.peer.js';
import { RawUpstream } from '../hosted/raw.upstream.js';
import { KilnGateway } from '../toys/kiln.toy.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

const CLIENTS = 60;
const CHUNK = 'x'.repeat(65_536);
/** More than the system keeps for the two connections of a client. */
const CHUNKS = 600;
const certificate = (name: string) => readFileSync(join(__dirname, '../hosted/tls', `localhost.${name}.pem`));

describe('the proxy to a process', () => {
  let toys: ToyApp;
  let upstream: RawUpstream;
  const sockets: Socket[] = [];
  beforeEach(async () => {
    upstream = await RawUpstream.start();
    toys = await startToys({ providers: [KilnGateway] });
    toys.app.getHttpServer().on('connection', (socket: Socket) => sockets.push(socket));
    host(upstream.url, {}, 'kiln');
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    sockets.length = 0;
    await toys.close();
    await upstream.close();
  });

  const host = (target: string, options: ProxyOptions = {}, service?: string, path = '/old/:name') =>
    hostUpgrade(toys.app, path, proxyTo(target, options), service === undefined ? {} : { service });
  const open = async () => (await clientsOf()).hosted ?? 0;
  const clientsOf = async () =>
    (await new AdminClient(toys.url).ask<{ clients: Record<string, number> }>('/kiln/figures')).body.clients;

  async function upgraded() {
    const pair = await connectThrough(toys, upstream);
    pair.old.send(SWITCHING);
    await pair.client.receives(SWITCHING);
    return pair;
  }

  it('counts its clients as those of the old wire, and ends and refuses them at the stage retired', async () => {
    const { client, old } = await upgraded();
    expect(await open()).toBe(1);
    await changeStage(toys, 'kiln', { stage: 'retired', force: true });
    expect(await client.closed()).toBe(SWITCHING);
    await old.closed();
    expect(await rawUpgrade(toys.port, { path: '/old/a' })).toMatch(/^HTTP\/1.1 410 /);
    expect(upstream.peers).toHaveLength(1);
    await changeStage(toys, 'kiln', { stage: 'socketio' });
    await upgraded();
    await until('one client', async () => (await open()) === 1);
  });

  it('says with each stage what it does not guarantee', async () => {
    const note = expect.stringMatching(
      /^\/old\/:name is proxied to a process of its own at .* get 502\. .* neither counted nor refused\.$/,
    );
    expect(await changeStage(toys, 'kiln', { stage: 'shadow' })).toMatchObject({ notes: [note] });
  });

  it('lets go of its clients at once when the application stops', async () => {
    const warned = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    const { client, old } = await upgraded();
    await toys.close();
    expect([await client.closed(), client.failure]).toEqual([SWITCHING, undefined]);
    await old.closed();
    expect(warned.mock.calls.flat().join()).not.toContain('cut off');
  });

  it('keeps nothing of clients that leave before an answer', async () => {
    const clients = await Promise.all(Array.from({ length: CLIENTS }, () => RawPeer.to(toys.port)));
    for (const client of clients) client.send(requestOf('/old/a'));
    await until('every client', () => upstream.peers.length === CLIENTS);
    clients.forEach(({ socket }, n) => {
      if (n % 3 === 0) socket.destroy();
      else if (n % 3 === 1) socket.resetAndDestroy();
      else socket.end();
    });
    // A client that only ends its side may still read an answer, so that is for the process to decide.
    await until('the ends', () => upstream.peers.every(({ ended, failure }) => ended || failure !== undefined));
    for (const { socket } of upstream.peers) socket.destroy();
    await until('no connection', () => upstream.open === 0 && sockets.every(({ destroyed }) => destroyed));
    expect(await clientsOf()).toEqual({});
  });

  it('keeps nothing of clients whose connections end in any way', async () => {
    const pairs = [];
    for (let n = 0; n < CLIENTS; n += 1) pairs.push(await upgraded());
    pairs.forEach(({ client, old }, n) => {
      const { socket } = n % 2 ? client : old;
      if (n % 3 === 0) socket.destroy();
      else if (n % 3 === 1) socket.resetAndDestroy();
      else socket.end();
    });
    for (const { client, old } of pairs) await Promise.all([client.closed(), old.closed()]);
    await until('no connection', () => sockets.every(({ destroyed }) => destroyed));
    expect(await clientsOf()).toEqual({});
  });

  it.each(['client', 'process'] as const)('waits for a %s that does not read', async (slow) => {
    const { client, old } = await upgraded();
    const [reader, writer] = slow === 'client' ? [client, old] : [old, client];
    reader.socket.pause();
    const before = reader.received.length;
    for (let n = 0; n < CHUNKS; n += 1) writer.send(CHUNK);
    let accepted = -1;
    await until('a halt', () => accepted === (accepted = writer.socket.bytesWritten - writer.socket.writableLength));
    expect(writer.socket.writableLength).toBeGreaterThan(CHUNK.length);
    expect(Math.max(...sockets.map(({ writableLength }) => writableLength))).toBeLessThan(1_000_000);
    reader.socket.resume();
    const all = CHUNK.length * CHUNKS;
    await until('all bytes', () => reader.received.length - before === all);
  });

  describe('answers 502 and names the reason in the log', () => {
    const LONG = `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}\r\n`;
    const cases: [string, (old: RawPeer) => void, RegExp][] = [
      ['closes without an answer', ({ socket }) => socket.end(), /it closed the connection without an answer/],
      ['resets the connection', ({ socket }) => socket.resetAndDestroy(), /ECONNRESET/],
      [
        'ends in the middle of a head',
        ({ socket }) => socket.end('HTTP/1.1 101 S'),
        /it closed the connection without an answer/,
      ],
      ['does not speak HTTP', (old) => old.send('SSH-2.0-OpenSSH\r\n\r\n'), /its answer is no HTTP/],
      ['has an endless head', (old) => old.send(LONG), /its answer has a head of more than 65536 bytes/],
      ['says nothing', () => undefined, /no answer within 200 ms/],
      ['says the half of it', (old) => old.send('HTTP/1.1 101 Switching Protocols\r\n'), /no answer within 200 ms/],
    ];

    it.each(cases)('when the process %s', async (_, answer, reason) => {
      const warned = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
      host(upstream.url, { answerMs: 200 }, undefined, '/short/:name');
      const { client, old } = await connectThrough(toys, upstream, requestOf('/short/a?token=secret'));
      answer(old);
      expect(await client.closed()).toMatch(/^HTTP\/1.1 502 Bad Gateway\r\n.*"code":"upstream.unavailable"/s);
      expect(client.received).not.toContain(String(upstream.port));
      expect(warned.mock.calls.flat().map(String)).toEqual([expect.stringMatching(reason)]);
      await old.closed();
    });

    it.each([
      ['there is no process', 'http', /ECONNREFUSED/],
      ['the process does not answer the beginning of TLS', 'https', /no connection within 200 ms/],
    ])('when %s', async (_, scheme, reason) => {
      const warned = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
      host(upstream.url.replace('http', scheme), { connectMs: 200 }, undefined, '/short/:name');
      if (scheme === 'http') await upstream.close();
      expect(await rawUpgrade(toys.port, { path: '/short/a' })).toMatch(
        /^HTTP\/1.1 502 .*"code":"upstream.unavailable"/s,
      );
      expect(warned.mock.calls.flat().map(String)).toEqual([expect.stringMatching(reason)]);
      await until('its end', () => upstream.peers.every(({ ended }) => ended));
    });
  });

  it('ends a refusal that the process leaves open', async () => {
    host(upstream.url, { answerMs: 200 }, undefined, '/short/:name');
    const { client, old } = await connectThrough(toys, upstream, requestOf('/short/a'));
    const refusal = 'HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno';
    old.send(refusal);
    expect(await client.closed()).toBe(refusal);
    await old.closed();
  });

  it('reaches a process over TLS, and only one with a certificate that it knows', async () => {
    const secure = createSecureServer({ key: certificate('key'), cert: certificate('cert') }, (socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.write(SWITCHING)).once('data', () => socket.pipe(socket));
    });
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    const { port } = secure.address() as AddressInfo;
    try {
      host(`wss://localhost:${port}`, { tls: { ca: certificate('cert') } }, undefined, '/secure/:name');
      host(`https://localhost:${port}`, {}, undefined, '/unknown/:name');
      const client = await RawPeer.to(toys.port);
      client.send(requestOf('/secure/a'));
      await client.receives(SWITCHING);
      client.send('echo');
      await client.receives(`${SWITCHING}echo`);
      expect(await rawUpgrade(toys.port, { path: '/unknown/a' })).toMatch(/^HTTP\/1.1 502 /);
      client.socket.destroy();
    } finally {
      await new Promise((resolve) => secure.close(resolve));
    }
  });

  it('reaches a process at a socket in the file system', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'switchyard-'));
    const old = createServer((socket) => socket.resume().end(`${SWITCHING}from a file`));
    try {
      await new Promise<void>((resolve) => old.listen(join(folder, 'old.sock'), resolve));
      host(`unix:${join(folder, 'old.sock')}`, {}, undefined, '/file/:name');
      const client = await RawPeer.to(toys.port);
      client.send(requestOf('/file/a'));
      expect(await client.closed()).toBe(`${SWITCHING}from a file`);
    } finally {
      await new Promise((resolve) => old.close(resolve));
      await rm(folder, { recursive: true });
    }
  });

  it.each([
    ['old:9000', {}, 'unable to proxy to old:9000; the address is like http://127.0.0.1:9000,'],
    ['http://a.example/base', {}, 'unable to proxy to a.example; the address has no path, query, hash or credentials,'],
    ['http://me:secret@a.example', {}, 'unable to proxy to a.example; the address has no path,'],
    ['http://a.example', { connectMs: 0 }, 'unable to proxy; connectMs must be a number of milliseconds, 1 or more'],
    ['http://a.example', { host: 'a\r\nb: c' }, 'unable to proxy; host must be a host such as old.internal:9000'],
    [
      'http://a.example',
      { forward: true },
      'unable to proxy; forward is no option of proxyTo; did you mean forwarded?',
    ],
    ['http://a.example', { tls: true }, 'unable to proxy; tls must be an object with options of TLS'],
  ])('to %s with %j is refused with the reason', (target, options, reason) => {
    expect(() => proxyTo(target, options as ProxyOptions)).toThrow(reason);
  });
});
