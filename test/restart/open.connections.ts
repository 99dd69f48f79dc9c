import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { chat, knowledge } from '@switchyard/services';
import { openSocket, openWs } from '../harness/clients.js';
import { EventStream } from '../harness/event.stream.js';
import { FaultProxy } from '../harness/fault-proxy.js';

/** The key of a list that always exists. */
const OLD = '/api/knowledge-items/stream';

/** The application's interface to its clients. */
interface Reached {
  readonly url: string;
  readonly port: number;
}

/** An open connection, and what to close after the test in addition to the harness's clients. */
type Opens = (app: Reached) => Promise<{ close(): unknown } | void>;

/** All kinds of open and abandoned connections, by name. */
export const CONNECTIONS: Readonly<Record<string, Opens>> = {
  'a Socket.IO client': async ({ url }) => void (await openSocket(url, chat.namespace).connected()),
  'a Socket.IO client on long polling': async ({ url }) =>
    void (await openSocket(url, chat.namespace, { transports: ['polling'] }).connected()),
  'a session of long polling that asks no more': async ({ url }) => void (await handshake(url)),
  'a session of long polling that never took what it was sent': async ({ url }) => {
    const session = `/socket.io/?EIO=4&transport=polling&sid=${await handshake(url)}`;
    await (await fetch(url + session, { method: 'POST', body: `40${chat.namespace},` })).text();
  },
  'a session that does not complete its upgrade': async ({ url }) => {
    const session = `/socket.io/?EIO=4&transport=websocket&sid=${await handshake(url)}`;
    const ws = await openWs(url, session).opened();
    ws.send('2probe');
    await ws.next();
  },
  'an old WebSocket': async ({ url }) => void (await openWs(url, OLD).opened()),
  'an old WebSocket that asked for positions': async ({ url }) =>
    void (await openWs(url, `${OLD}?switchyard=1`).opened()),
  'an event stream': async ({ url }) =>
    void (await new EventStream(`${url}/realtime/events/${knowledge.name}/all`).next('joined')),
  'a multiplexed WebSocket': async ({ url }) => void (await openWs(url, '/ws').opened()),
  'an old WebSocket whose line is dead': async ({ port }) => {
    const proxy = await FaultProxy.to(port);
    await openWs(proxy.url, OLD).opened();
    proxy.halfOpen();
    return proxy;
  },
  'a Socket.IO client whose line is dead': async ({ port }) => {
    const proxy = await FaultProxy.to(port);
    await openSocket(proxy.url, chat.namespace).connected();
    proxy.halfOpen();
    return proxy;
  },
  'a WebSocket that never answers a close': ({ port }) =>
    raw(
      port,
      `GET ${OLD} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
      true,
    ),
  'a connection that is kept alive': ({ port }) =>
    raw(port, 'GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n', true),
  'a connection that sent nothing': ({ port }) => raw(port, ''),
  'a request whose head does not end': ({ port }) => raw(port, 'GET /health/live HTTP/1.1\r\nHost: local'),
  'an upload that does not go on': ({ port }) =>
    raw(
      port,
      'POST /realtime/rooms HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{',
    ),
};

async function handshake(url: string): Promise<string> {
  const answer = await fetch(`${url}/socket.io/?EIO=4&transport=polling`);
  return (JSON.parse((await answer.text()).slice(1)) as { sid: string }).sid;
}

/** Opens a TCP connection that sends only `text` and no end; waits for a response if one is expected. */
async function raw(port: number, text: string, isAnswered = false): Promise<{ close(): unknown }> {
  const socket: Socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => socket.destroy());
  await once(socket, 'connect');
  socket.write(text);
  if (isAnswered) await once(socket, 'data');
  return { close: () => socket.destroy() };
}
