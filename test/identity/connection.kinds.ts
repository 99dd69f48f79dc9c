import type { ErrorBody } from '@switchyard/contract';
import { openSocket, openWs } from '../harness/clients.js';
import { EventStream } from '../harness/event.stream.js';
import type { SocketClientOptions, TestSocket } from '../harness/test-socket.js';
import type { TestWs } from '../harness/test-ws.js';

/** An open connection that is in the room of a board. */
export interface Joined {
  /** Makes a call, if the wire carries calls. */
  post?(text: string): void;
  /** Resolves once a message with this text has come. */
  arrived(text: string): Promise<unknown>;
  /** All messages, as JSON. */
  all(): string;
  /** The kind and the Unix time of its end, in ms. */
  over(): Promise<{ how: string; at: number }>;
}

/** One way to be connected without our SDK. */
export interface ConnectionKind {
  name: string;
  /** Whether it is warned before its credential ends. */
  isWarned: boolean;
  /** The kind of that end. */
  end: string;
  open(url: string, board: string, token: string): Promise<Joined>;
}

const SOCKET_END = 'auth.expired, transport close';
const OLD_END = 'auth.expired, 4401';
const STREAM_END = 'auth.expired, end of the stream';

function overSocket(socket: TestSocket): Joined {
  return {
    arrived: (text) => socket.waitFor(({ args }) => JSON.stringify(args).includes(`"${text}"`), text),
    all: () => JSON.stringify(socket.received),
    async over() {
      const reason = await socket.disconnected();
      const at = Date.now();
      const [error] = await socket.next<[ErrorBody]>('service_error');
      return { how: `${error.code}, ${reason}`, at };
    },
  };
}

async function namespace(url: string, board_id: string, token: string, options: SocketClientOptions = {}) {
  const auth = { token, ...options.auth };
  const socket = await openSocket(url, '/board', { ...options, auth }).connected();
  await socket.call('join_board', { board_id });
  return { ...overSocket(socket), post: (text: string) => socket.socket.emit('post', { board_id, text }) };
}

function overWs(ws: TestWs): Joined {
  return {
    arrived: (text) => ws.waitFor((frame) => frame.includes(`"${text}"`), text),
    all: () => ws.frames.join(),
    async over() {
      const { code } = await ws.closed();
      const at = Date.now();
      const shown = /auth\.expired/.exec(ws.frames.at(-1)!)?.[0];
      return { how: `${shown}, ${code}`, at };
    },
  };
}

async function oldSocket(url: string, board: string, query: string, answered: string) {
  const ws = openWs(url, `/api/boards/${board}/ws?${query}`);
  await ws.waitFor((frame) => frame.includes(answered), answered);
  return { ...overWs(ws), post: (text: string) => ws.send({ type: 'post', text }) };
}

function overStream(stream: EventStream): Joined {
  return {
    arrived: (text) => stream.waitFor(({ data }) => data.includes(`"${text}"`), text),
    all: () => stream.text,
    async over() {
      await stream.ended();
      const at = Date.now();
      const shown = /auth\.expired/.exec(stream.events.at(-1)!.data)?.[0];
      return { how: `${shown}, end of the stream`, at };
    },
  };
}

async function eventStream(address: string, token: string, init: RequestInit = {}) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const stream = new EventStream(address, { ...init, headers });
  await stream.next('joined');
  return overStream(stream);
}

/** Every way to hold a connection open. */
export const CONNECTION_KINDS: readonly ConnectionKind[] = [
  { name: 'a namespace', isWarned: true, end: SOCKET_END, open: namespace },
  {
    name: 'a namespace without positions',
    isWarned: true,
    end: SOCKET_END,
    open: (url, board, token) => namespace(url, board, token, { auth: { positions: false } }),
  },
  {
    name: 'a namespace over long polling',
    isWarned: true,
    end: SOCKET_END,
    open: (url, board, token) => namespace(url, board, token, { transports: ['polling'] }),
  },
  {
    name: 'the root namespace',
    isWarned: false,
    end: SOCKET_END,
    async open(url, board, token) {
      const socket = await openSocket(url, '/', { auth: { token } }).connected();
      socket.socket.emit('watch', board);
      await socket.next(`notes_${board}`);
      return overSocket(socket);
    },
  },
  {
    name: 'the root namespace with positions',
    isWarned: true,
    end: SOCKET_END,
    async open(url, board_id, token) {
      const socket = await openSocket(url, '/', { auth: { token } }).connected();
      await socket.call('watch', { board_id, switchyard: 1 });
      return overSocket(socket);
    },
  },
  {
    name: 'an old WebSocket',
    isWarned: false,
    end: OLD_END,
    open: (url, board, token) => oldSocket(url, board, `token=${token}`, '"notes"'),
  },
  {
    name: 'an old WebSocket with positions',
    isWarned: true,
    end: OLD_END,
    open: (url, board, token) => oldSocket(url, board, `switchyard=1&token=${token}`, '"joined"'),
  },
  {
    name: 'an EventSource',
    isWarned: true,
    end: STREAM_END,
    open: (url, board, token) => eventStream(`${url}/realtime/events/board/${board}`, token),
  },
  {
    name: 'the event stream of a page',
    isWarned: true,
    end: STREAM_END,
    open(url, board, token) {
      const body = JSON.stringify({ rooms: [{ service: 'board', key: board }] });
      return eventStream(`${url}/realtime/events`, token, { method: 'POST', body });
    },
  },
  {
    name: 'an old WebSocket of many rooms',
    isWarned: false,
    end: OLD_END,
    async open(url, board, token) {
      const ws = await openWs(url, `/boards?token=${token}`).opened();
      const post = (text: string) => ws.send({ board, text });
      post('to be a member');
      await ws.waitFor((frame) => frame.includes('"to be a member"'));
      return { ...overWs(ws), post };
    },
  },
];
