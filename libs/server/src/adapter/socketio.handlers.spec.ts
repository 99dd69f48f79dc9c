import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import { NEVER, Observable, from, isObservable } from 'rxjs';
import { Server, type Socket } from 'socket.io';
import { openSocket } from '../../../../test/harness/clients.js';
import { bindSocketIoHandlers } from './socketio.handlers.js';

/** Answers are values or observables, as Nest hands them to an adapter. */
const transform = (answer: unknown): Observable<unknown> =>
  isObservable(answer) ? answer : from(Promise.resolve(answer));

describe('the handlers of a host’s own Socket.IO gateway', () => {
  let http: HttpServer;
  let io: Server;
  let ended: () => void;
  const streamEnded = new Promise<void>((resolve) => (ended = resolve));
  const handlers: Record<string, (data: unknown, ack?: (answer: unknown) => void) => unknown> = {
    received: (data) => ({ data: data ?? 'nothing' }),
    announced: (data) => ({ event: 'news', data }),
    silent: () => undefined,
    broken: () => {
      throw new Error('refused');
    },
    manual: (data, ack) => {
      setImmediate(() => ack?.({ by: 'hand', data }));
      return { by: 'nobody' };
    },
    endless: () =>
      new Observable((stream) => {
        stream.next({ event: 'begun', data: 1 });
        return NEVER.subscribe(stream).add(ended);
      }),
  };

  beforeAll(async () => {
    http = createServer();
    io = new Server(http);
    io.on('connection', (socket: Socket) => {
      // Two gateways of one namespace share a socket.
      const [first, ...rest] = Object.entries(handlers).map(([message, callback]) => ({
        message,
        callback: callback as () => Promise<unknown>,
        methodName: message,
        isAckHandledManually: message === 'manual',
      }));
      bindSocketIoHandlers(socket, [first!], transform);
      bindSocketIoHandlers(socket, rest, transform);
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => io.close());

  const open = () => openSocket(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, '/').connected();

  it.each([
    [[], 'nothing'],
    [['a'], 'a'],
    [[['a', 'b']], ['a', 'b']],
    [
      ['a', { b: 1 }],
      ['a', { b: 1 }],
    ],
  ])('get the arguments %j and acknowledge with what they return', async (args, data) => {
    const { socket } = await open();
    expect(await socket.emitWithAck('received', ...args)).toEqual({ data });
  });

  it('answer with an event when they return one', async () => {
    const client = await open();
    client.socket.emit('announced', 'now', () => undefined);
    expect(await client.next('news')).toEqual(['now']);
  });

  it('acknowledge by themselves when they take the acknowledgement', async () => {
    const { socket } = await open();
    expect(await socket.emitWithAck('manual', 1)).toEqual({ by: 'hand', data: 1 });
  });

  it('serve on after one of them threw, and its error is logged', async () => {
    const logged = jest.spyOn(Logger.prototype, 'error').mockImplementation();
    const { socket } = await open();
    socket.emit('silent');
    socket.emit('broken');
    socket.emit('broken');
    expect(await socket.emitWithAck('received', 1)).toEqual({ data: 1 });
    expect(logged.mock.calls.map(([error]) => String(error))).toEqual(['Error: refused', 'Error: refused']);
    logged.mockRestore();
  });

  it('end with the connection', async () => {
    const client = await open();
    client.socket.emit('endless');
    await client.next('begun');
    client.socket.disconnect();
    await streamEnded;
  });
});
