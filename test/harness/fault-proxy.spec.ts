import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { FaultProxy } from './fault-proxy.js';

/** Reads until that many bytes are there. */
async function read(socket: Socket, bytes: number): Promise<string> {
  let text = '';
  while (text.length < bytes) text += String((await once(socket, 'data'))[0]);
  return text;
}

describe('the fault proxy', () => {
  let server: Server;
  let proxy: FaultProxy;
  let accepted: Socket[];
  const clients: Socket[] = [];

  beforeEach(async () => {
    accepted = [];
    server = createServer((socket) => {
      accepted.push(socket);
      socket.on('error', () => socket.destroy());
      socket.on('data', (chunk) => socket.write(chunk));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    proxy = await FaultProxy.to((server.address() as AddressInfo).port);
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await proxy.close();
    for (const socket of accepted) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  async function open(): Promise<Socket> {
    const client = connect(proxy.port, '127.0.0.1');
    clients.push(client);
    client.on('error', () => client.destroy());
    await once(client, 'connect');
    return client;
  }

  async function echo(client: Socket, text: string): Promise<string> {
    client.write(text);
    return read(client, text.length);
  }

  it('passes bytes on unchanged and counts its connections', async () => {
    const [one, two] = [await open(), await open()];
    expect(await echo(one, 'ab')).toBe('ab');
    expect(await echo(two, 'cd')).toBe('cd');
    expect(proxy.connections).toBe(2);
    one.destroy();
    await proxy.whenConnections(1);
  });

  it('passes on the end of one side while the other still answers', async () => {
    const client = await open();
    const ended = once(client, 'end');
    client.end('last');
    expect(await read(client, 4)).toBe('last');
    await ended;
    await proxy.whenConnections(0);
  });

  it('cuts a share of its connections and leaves the others open', async () => {
    const clients = [await open(), await open(), await open()];
    for (const client of clients) await echo(client, 'x');
    const numbers = [0.4, 0.6, 0.5];
    const gone = once(clients[0] as Socket, 'close');
    expect(proxy.cutShare(0.5, () => numbers.shift()!)).toBe(1);
    await gone;
    expect(proxy.connections).toBe(2);
    expect(await echo(clients[1]!, 'ab')).toBe('ab');
    expect(await echo(clients[2]!, 'cd')).toBe('cd');
  });

  it('cuts so that both sides notice', async () => {
    const client = await open();
    await echo(client, 'x');
    const gone = [once(client, 'close'), once(accepted[0] as Socket, 'close')];
    proxy.cutClean();
    await Promise.all(gone);
    expect(proxy.connections).toBe(0);
    expect(await echo(await open(), 'again')).toBe('again');
  });

  it('turns open connections into black holes while new ones work', async () => {
    const lost = await open();
    await echo(lost, 'x');
    const server_side = accepted[0] as Socket;
    const arrived: unknown[] = [];
    lost.on('data', (chunk) => arrived.push(chunk));
    server_side.on('data', (chunk) => arrived.push(chunk));
    proxy.halfOpen();
    lost.write('into the hole');
    server_side.write('and back');
    expect(await echo(await open(), 'works')).toBe('works');
    expect(arrived).toEqual([]);
    expect([lost.destroyed, server_side.destroyed]).toEqual([false, false]);
  });

  it('hides from one side of a black hole that the other has closed', async () => {
    const lost = await open();
    await echo(lost, 'x');
    proxy.halfOpen();
    lost.resetAndDestroy();
    await once(lost, 'close');
    expect(await echo(await open(), 'works')).toBe('works');
    expect((accepted[0] as Socket).destroyed).toBe(false);
    expect(proxy.connections).toBe(2);
  });

  it('delays each direction and keeps the order', async () => {
    const client = await open();
    proxy.delay(40);
    const began = performance.now();
    client.write('1');
    proxy.delay(20);
    client.write('2');
    expect(await read(client, 2)).toBe('12');
    expect(performance.now() - began).toBeGreaterThanOrEqual(40);
  });

  it('limits the rate of bytes', async () => {
    const client = await open();
    proxy.throttle(1_000_000);
    const began = performance.now();
    const text = 'x'.repeat(50_000);
    expect(await echo(client, text)).toBe(text);
    expect(performance.now() - began).toBeGreaterThanOrEqual(50);
  });

  it('makes the sender notice a reader that has stopped', async () => {
    const client = await open();
    await echo(client, 'x');
    (accepted[0] as Socket).pause();
    // More than both kernels and the proxy hold: at 32 MB the writes can only be waiting.
    for (let megabytes = 0; megabytes < 32; megabytes++) client.write(Buffer.alloc(1 << 20));
    const next = await open();
    await echo(next, 'a round trip later');
    expect(client.writableNeedDrain).toBe(true);
  });

  it('refuses new connections until it accepts again', async () => {
    const open_before = await open();
    await echo(open_before, 'x');
    proxy.refuse();
    const refused = connect(proxy.port, '127.0.0.1');
    clients.push(refused);
    const error = await new Promise<NodeJS.ErrnoException>((resolve) => refused.once('error', resolve));
    expect(error.code).toBe('ECONNRESET');
    expect(await echo(open_before, 'still here')).toBe('still here');
    proxy.accept();
    expect(await echo(await open(), 'y')).toBe('y');
  });

  it('closes the connection when there is no server behind it', async () => {
    const nobody = createServer().listen(0, '127.0.0.1');
    await once(nobody, 'listening');
    const { port } = nobody.address() as AddressInfo;
    await new Promise((resolve) => nobody.close(resolve));
    const dead = await FaultProxy.to(port);
    const client = connect(dead.port, '127.0.0.1');
    client.on('error', () => client.destroy());
    await once(client, 'close');
    await dead.close();
  });

  it('uses several targets in turn, and skips one that does not listen', async () => {
    const greeting = (name: string) => createServer((socket) => socket.end(name)).listen(0, '127.0.0.1');
    const servers = ['one', 'two'].map(greeting);
    await Promise.all(servers.map((each) => once(each, 'listening')));
    const front = await FaultProxy.to(...servers.map((each) => (each.address() as AddressInfo).port));
    const greeted = async () => String((await once(connect(front.port, '127.0.0.1'), 'data'))[0]);
    expect([await greeted(), await greeted()].sort()).toEqual(['one', 'two']);
    await new Promise((resolve) => servers[0]!.close(resolve));
    expect([await greeted(), await greeted()]).toEqual(['two', 'two']);
    await front.close();
    await new Promise((resolve) => servers[1]!.close(resolve));
  });
});
