import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { offeredProtocols, serveAsHttp } from './plain.request.js';

const UPGRADE =
  'Host: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n';

describe('a request that offers another protocol', () => {
  let server: Server;
  let socket: Socket;
  let received: string;
  /** Each answer waits for this promise. */
  let held: Promise<void>;

  beforeEach(async () => {
    received = '';
    held = Promise.resolve();
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method, url, headers } = request;
        const body = Buffer.concat(chunks);
        const echo = { method, url, bytes: body.length, note: headers['x-note'], more: headers.upgrade };
        void held.then(() => response.end(JSON.stringify(echo)));
      });
    });
    server.on('upgrade', (request, socket, head) => serveAsHttp(server, request, socket as Socket, head));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.setEncoding('latin1').on('data', (text: string) => (received += text));
  });
  afterEach(async () => {
    socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  /** The JSON bodies of the answers, once there are `count` of them. */
  const answers = async (count: number): Promise<object[]> => {
    for (;;) {
      const bodies = [...received.matchAll(/\{.*?\}/g)].map(([text]) => JSON.parse(text) as object);
      if (bodies.length >= count) return bodies;
      if (socket.closed) throw new Error(`unable to read ${count} answers; received ${received}`);
      await new Promise<void>((resolve) => {
        const go = () => {
          socket.off('data', go).off('close', go);
          resolve();
        };
        socket.once('data', go).once('close', go);
      });
    }
  };

  it('is served as HTTP/1.1, each time on its connection', async () => {
    for (let n = 1; n <= 12; n += 1) {
      socket.write(`GET /${n} HTTP/1.1\r\n${UPGRADE}\r\n`);
      expect((await answers(n)).at(-1)).toEqual({ method: 'GET', url: `/${n}`, bytes: 0 });
    }
    expect(received).not.toMatch(/connection: close/i);
  });

  it('is served with the requests sent right behind it, whether or not they offer one too', async () => {
    const plain = 'Host: x\r\n';
    const heads = [UPGRADE, plain, UPGRADE, UPGRADE, plain];
    socket.write(heads.map((head, n) => `GET /${n} HTTP/1.1\r\n${head}\r\n`).join(''));
    expect(await answers(5)).toEqual(heads.map((_, n) => ({ method: 'GET', url: `/${n}`, bytes: 0 })));
  });

  it('is served after slow requests that came before it', async () => {
    let answer!: () => void;
    held = new Promise((resolve) => (answer = resolve));
    socket.write(['/a', '/b', '/c'].map((url) => `GET ${url} HTTP/1.1\r\nHost: x\r\n\r\n`).join(''));
    socket.write(`POST /d HTTP/1.1\r\n${UPGRADE}Content-Length: 4\r\n\r\nbo`);
    await new Promise((resolve) => server.once('upgrade', resolve));
    socket.write('dyGET /e HTTP/1.1\r\nHost: x\r\n\r\n');
    answer();
    expect((await answers(5)).map((body) => (body as { url: string }).url)).toEqual(['/a', '/b', '/c', '/d', '/e']);
  });

  it.each([1, 1000, 70_000, 3_000_000])('brings its body of %i bytes, in one piece or in many', async (bytes) => {
    const body = 'b'.repeat(bytes);
    socket.write(`POST /at-once HTTP/1.1\r\n${UPGRADE}Content-Length: ${bytes}\r\n\r\n${body}`);
    expect((await answers(1))[0]).toEqual({ method: 'POST', url: '/at-once', bytes });
    socket.write(`POST /later HTTP/1.1\r\n${UPGRADE}Content-Length: ${bytes}\r\n\r\n`);
    await new Promise((resolve) => server.once('request', resolve));
    socket.write(body.slice(0, bytes / 2));
    socket.write(body.slice(bytes / 2));
    expect((await answers(2))[1]).toEqual({ method: 'POST', url: '/later', bytes });
  });

  it('brings a body of undeclared length', async () => {
    const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
    socket.write(`PUT /chunks HTTP/1.1\r\n${UPGRADE}Transfer-Encoding: chunked\r\n\r\n${chunk('abc')}`);
    await new Promise((resolve) => server.once('request', resolve));
    socket.write(`${chunk('d'.repeat(5000))}0\r\n\r\nGET /next HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(await answers(2)).toEqual([
      { method: 'PUT', url: '/chunks', bytes: 5003 },
      { method: 'GET', url: '/next', bytes: 0 },
    ]);
  });

  it('gets a 100 Continue when it waits for one', async () => {
    socket.write(`POST /expects HTTP/1.1\r\n${UPGRADE}Expect: 100-continue\r\nContent-Length: 4\r\n\r\n`);
    await new Promise((resolve) => socket.once('data', resolve));
    expect(received).toMatch(/^HTTP\/1\.1 100 Continue/);
    socket.write('body');
    expect(await answers(1)).toEqual([{ method: 'POST', url: '/expects', bytes: 4 }]);
  });

  it('keeps its headers byte for byte, and its wish to close', async () => {
    const head = UPGRADE.replace('Upgrade,', 'Upgrade, close,');
    socket.write(Buffer.from(`GET /caf%C3%A9?a=b HTTP/1.1\r\n${head}X-Note: caf\xe9\r\nX-Note: two\r\n\r\n`, 'latin1'));
    expect(await answers(1)).toEqual([
      { method: 'GET', url: '/caf%C3%A9?a=b', bytes: 0, note: 'caf\u00c3\u00a9, two' },
    ]);
    if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
  });

  it('is answered even when its client has ended its side', async () => {
    socket.end(`GET /last HTTP/1.1\r\n${UPGRADE}\r\n`);
    expect(await answers(1)).toEqual([{ method: 'GET', url: '/last', bytes: 0 }]);
  });

  it.each([
    ['WebSocket', ['websocket']],
    ['h2c', ['h2c']],
    [' h2c , WebSocket,,TLS/1.0', ['h2c', 'websocket', 'tls/1.0']],
    ['', []],
  ])('names its protocols in %j', (upgrade, expected) => {
    expect(offeredProtocols({ headers: { upgrade } } as never)).toEqual(expected);
  });
});
