import { hostUpgrade, proxyTo, type ProxyOptions } from '@switchyard/server';
import { RawPeer } from '../hosted/raw.peer.js';
import { RawUpstream } from '../hosted/raw.upstream.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

const HEADERS = ['Host: shop.example', 'connection: keep-alive, Upgrade', 'UPGRADE: WebSocket', 'Sec-WebSocket-Key: x'];
const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\n\r\n';

const requestOf = (headers: readonly string[], path = '/old/a') =>
  [`GET ${path} HTTP/1.1`, ...headers, '', ''].join('\r\n');

describe('a process that upgrade requests are proxied to', () => {
  let toys: ToyApp;
  let upstream: RawUpstream;
  beforeEach(async () => {
    upstream = await RawUpstream.start();
    toys = await startToys();
    host({ forwarded: false });
  });
  afterEach(async () => {
    await toys.close();
    await upstream.close();
  });

  const host = (options: ProxyOptions, path = '/old/:name') =>
    hostUpgrade(toys.app, path, proxyTo(upstream.url, options));

  /** Sends a request, and resolves to both ends of the connection when the process has it. */
  async function connected(request = requestOf(HEADERS)): Promise<{ client: RawPeer; old: RawPeer }> {
    const client = await RawPeer.to(toys.port);
    client.send(request);
    const old = await upstream.next();
    await old.head();
    return { client, old };
  }

  it('gets a request byte for byte', async () => {
    const sent = requestOf(
      [...HEADERS, 'X-Umlaut: \xe4', 'x-empty: ', 'X-Twice: 1', 'x-twice: 2'],
      '/old/a%20b?q=%zz&q=2',
    );
    const { old } = await connected(sent);
    expect(old.received).toBe(sent);
  });

  it.each([
    [
      'an upgrade',
      `HTTP/1.1 101 sure\r\nupgrade: websocket\r\nSec-WebSocket-Extensions: permessage-deflate\r\nX-A: \xe4\r\n\r\n\x81\x02hi`,
    ],
    ['an upgrade after an early hint', `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${SWITCHING}`],
    ['a refusal with a body', 'HTTP/1.1 401 who are you?\r\nWWW-Authenticate: Bearer\r\ncontent-length: 3\r\n\r\nno\n'],
    ['a refusal in chunks', 'HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n'],
    ['a refusal of HTTP 1.0', 'HTTP/1.0 404 Not Found\r\n\r\nno such thing'],
    ['a failure', 'HTTP/1.1 502 Bad Gateway\r\nX-Mine: 1\r\n\r\n'],
    ['what an ordinary request gets', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'],
  ])('answers with %s, which comes to the client byte for byte', async (_, answer) => {
    const { client, old } = await connected();
    for (const byte of answer) old.send(byte);
    old.socket.end();
    expect(await client.closed()).toBe(answer);
  });
});
