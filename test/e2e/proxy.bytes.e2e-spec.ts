import { hostUpgrade, proxyTo, type ProxyOptions } from '@switchyard/server';
import { until } from '../harness/until.js';
import { connectThrough, requestOf, SWITCHING } from '../hosted/proxied.connection.js';
import { RawPeer } from '../hosted/raw.peer.js';
import { RawUpstream } from '../hosted/raw.upstream.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

describe('a process that upgrade requests are proxied to', () => {
  let toys: ToyApp;
  let upstream: RawUpstream;
  beforeAll(async () => {
    upstream = await RawUpstream.start();
    toys = await startToys();
    host('/old/:name', { forwarded: false });
  });
  afterAll(async () => {
    await toys.close();
    await upstream.close();
  });

  const host = (path: string, options: ProxyOptions = {}) =>
    hostUpgrade(toys.app, path, proxyTo(upstream.url, options));
  const connected = (request?: string) => connectThrough(toys, upstream, request);

  /** A client and the process behind it once it has upgraded the connection; what both got before is forgotten. */
  async function upgraded() {
    const pair = await connected();
    pair.old.send(SWITCHING);
    await pair.client.receives(SWITCHING);
    pair.client.received = '';
    pair.old.received = '';
    return pair;
  }

  it('gets a request byte for byte', async () => {
    const headers = ['X-Umlaut: \xe4', 'x-empty: ', 'X-Twice: 1', 'x-twice: 2', 'X-Forwarded-For: 10.1.1.1'];
    const sent = requestOf('/old/a%20b?q=%zz&q=2', headers);
    expect((await connected(sent)).old.received).toBe(sent);
  });

  it.each([
    [
      'adds where it came from',
      [],
      ['X-Forwarded-For: 127.0.0.1', 'X-Forwarded-Proto: http', 'X-Forwarded-Host: shop.example'],
    ],
    [
      'appends where it came from to what the client says',
      [
        'X-FORWARDED-FOR: 10.1.1.1',
        'x-forwarded-for: 10.1.1.2, 10.1.1.3',
        'X-Forwarded-Proto: https',
        'X-Forwarded-Host:',
      ],
      [
        'X-FORWARDED-FOR: 10.1.1.1',
        'x-forwarded-for: 10.1.1.2, 10.1.1.3, 127.0.0.1',
        'X-Forwarded-Proto: https, http',
        'X-Forwarded-Host: shop.example',
      ],
    ],
  ])('gets a request that %s', async (_, headers, forwarded) => {
    host('/default/:name');
    const { old } = await connected(requestOf('/default/a', headers));
    expect(old.received).toBe(requestOf('/default/a', forwarded));
  });

  it('gets the Host header that the application sets', async () => {
    host('/host/:name', { host: 'old.internal:9000' });
    const { old } = await connected(requestOf('/host/a'));
    expect(old.received).toMatch(/^GET \/host\/a HTTP\/1.1\r\nHost: old.internal:9000\r\n/);
    expect(old.received).toContain('\r\nX-Forwarded-Host: shop.example\r\n');
    expect(old.received.match(/shop\.example/g)).toHaveLength(1);
  });

  it('gets an offer of WebSocket only, whatever else the client offers', async () => {
    const offering = (upgrade: string) => requestOf('/old/a').replace('WebSocket', upgrade);
    const { old } = await connected(offering('h2c, WebSocket\r\nUpgrade: other'));
    expect(old.received).toBe(offering('websocket'));
  });

  it.each([
    [
      'an upgrade',
      'HTTP/1.1 101 sure\r\nupgrade: websocket\r\nSec-WebSocket-Extensions: permessage-deflate\r\nX-A: \xe4\r\n\r\n\x81\x02hi',
    ],
    ['an upgrade after an early hint', `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${SWITCHING}`],
    ['a refusal with a body', 'HTTP/1.1 401 who are you?\r\nWWW-Authenticate: Bearer\r\ncontent-length: 3\r\n\r\nno\n'],
    ['a refusal in chunks', 'HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n'],
    ['a refusal of HTTP 1.0', 'HTTP/1.0 404 Not Found\r\n\r\nno such thing'],
    ['a failure', 'HTTP/1.1 502 Bad Gateway\r\nX-Mine: 1\r\n\r\n'],
    ['what an ordinary request gets', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'],
  ])('answers with %s, which comes to the client byte for byte', async (_, answer) => {
    const inOne = await connected();
    inOne.old.socket.end(answer, 'latin1');
    const byteByByte = await connected();
    for (const byte of answer) byteByByte.old.send(byte);
    byteByByte.old.socket.end();
    expect([await inOne.client.closed(), await byteByByte.client.closed()]).toEqual([answer, answer]);
  });

  it('and its client get the bytes of each other, also those that the client sends early', async () => {
    const { client, old } = await connected(`${requestOf('/old/a')}\x00early`);
    client.send(' bird');
    old.received = '';
    const answer = `HTTP/1.1 103 Early Hints\r\n\r\n${SWITCHING}`;
    old.send(answer);
    await old.receives('\x00early bird');
    const every = String.fromCharCode(...Array(256).keys());
    old.send(every);
    await client.receives(answer + every);
    client.received = '';
    client.send(every);
    await old.receives(`\x00early bird${every}`);
  });

  it('gets nothing of a client that it has refused, which could pass for another request', async () => {
    const second = 'GET /admin HTTP/1.1\r\nHost: shop.example\r\n\r\n';
    const { client, old } = await connected(requestOf('/old/a') + second);
    client.send(second);
    const refusal = 'HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno';
    old.send(refusal);
    await client.receives(refusal);
    client.send(second);
    old.socket.end();
    expect(await client.closed()).toBe(refusal);
    expect(await old.closed()).toBe(requestOf('/old/a'));
  });

  it.each([
    ['has a length', 'Content-Length: 5', 'an upgrade request without a body'],
    ['comes in chunks', 'Transfer-Encoding: chunked', 'an upgrade request without a body'],
    ['has a length of nothing, written strangely', 'Content-Length: 00', 'an upgrade request without a body'],
    ['hides who it comes from', 'Connection: X-Forwarded-For', 'a Connection header that names no X-Forwarded header'],
  ])('gets no request that %s, and the client gets 400', async (_, header, expected) => {
    host('/hostile/:name');
    const before = upstream.peers.length;
    const client = await RawPeer.to(toys.port);
    client.send(`${requestOf('/hostile/a', [header])}hello`);
    expect(await client.closed()).toMatch(/^HTTP\/1.1 400 /);
    expect(client.received).toContain(`"details":{"expected":"${expected}"}`);
    expect(upstream.peers).toHaveLength(before);
  });

  it('and its client may end their sides one after the other', async () => {
    const first = await upgraded();
    first.client.socket.end();
    await until('the end of the client', () => first.old.ended);
    first.old.socket.end('last words');
    expect(await first.client.closed()).toBe('last words');
    const second = await upgraded();
    second.old.socket.end();
    await until('the end of the process', () => second.client.ended);
    second.client.socket.end('last words');
    expect(await second.old.closed()).toBe('last words');
  });

  it('and its client get the resets of each other', async () => {
    const first = await upgraded();
    first.client.socket.resetAndDestroy();
    await until('a reset', () => first.old.socket.closed);
    const second = await upgraded();
    second.old.socket.resetAndDestroy();
    await until('a reset', () => second.client.socket.closed);
    expect([first.old.failure, second.client.failure]).toEqual(['ECONNRESET', 'ECONNRESET']);
  });

  it('that is gone before the client has read its last words is read to the end', async () => {
    const { client, old } = await upgraded();
    const open = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    const before = open();
    client.socket.pause();
    old.socket.end('last words');
    await until('the words at the client', () => client.socket.readableLength > 0);
    old.socket.destroy();
    // The first answer meets a closed socket, which is reset, and the next one notices it.
    await until('the end of both connections to the process', () => {
      client.send('an answer');
      return open() === before - 2;
    });
    client.socket.resume();
    expect(await client.closed()).toBe('last words');
    expect(client.failure).toBeUndefined();
  });
});
