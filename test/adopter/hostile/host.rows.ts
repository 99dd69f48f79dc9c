import type { HttpRow } from './http.row.js';
import type { SocketRow } from './socket.row.js';

const TENANT = { 'X-Tenant': 'blue' };
const JSON_BODY = { ...TENANT, 'Content-Type': 'application/json' };
const OWN_PAGE = 'https://pages.host.example';
const errors = ['conflict', 'unauthorized', 'teapot', 'gateway', 'error', 'coded', 'text', 'late'];

/** The host's HTTP behaviour. */
export const HTTP_ROWS: readonly HttpRow[] = [
  { name: 'a list', path: '/api/v1/things?page=2', headers: TENANT },
  { name: 'one thing', path: '/api/v1/things/7', headers: TENANT },
  { name: 'only the head', method: 'HEAD', path: '/api/v1/things/7', headers: TENANT },
  { name: 'an open connection', path: '/api/v1/things/7', headers: TENANT, keepAlive: true },
  { name: 'a thing that is not there', path: '/api/v1/things/404', headers: TENANT },
  { name: 'an id that is no number', path: '/api/v1/things/seven', headers: TENANT },
  { name: 'no tenant', path: '/api/v1/things' },
  { name: 'a blocked tenant', path: '/api/v1/things', headers: { 'X-Tenant': 'blocked' } },
  ...errors.map((kind) => ({ name: `the error ${kind}`, path: `/api/v1/things/errors/${kind}`, headers: TENANT })),
  { name: 'a new thing', method: 'POST', path: '/api/v1/things', headers: JSON_BODY, body: '{"name":"a","count":2}' },
  { name: 'a bad thing', method: 'POST', path: '/api/v1/things', headers: JSON_BODY, body: '{"name":"","more":1}' },
  { name: 'no JSON', method: 'POST', path: '/api/v1/things', headers: JSON_BODY, body: '{"name":' },
  { name: 'JSON that is only a text', method: 'POST', path: '/api/v1/things/echo', headers: JSON_BODY, body: '"text"' },
  { name: 'an empty body', method: 'POST', path: '/api/v1/things/echo', headers: JSON_BODY, body: '' },
  ...[90_000, 300_000, 1_200_000].map((size) => ({
    name: `a body of ${size} bytes`,
    method: 'POST',
    path: '/api/v1/things/echo',
    headers: JSON_BODY,
    body: JSON.stringify({ text: 'x'.repeat(size) }),
  })),
  {
    name: 'a form',
    method: 'POST',
    path: '/api/v1/things/echo',
    headers: { ...TENANT, 'Content-Type': 'application/x-www-form-urlencoded' },
    body: 'name=a&count=2',
  },
  {
    name: 'a body of an unknown type',
    method: 'POST',
    path: '/api/v1/things/echo',
    headers: { ...TENANT, 'Content-Type': 'application/x-own' },
    body: 'own',
  },
  { name: 'another method', method: 'DELETE', path: '/api/v1/things/7', headers: TENANT },
  { name: 'another version', path: '/api/v2/things', headers: TENANT },
  { name: 'no version', path: '/api/things', headers: TENANT },
  { name: 'an unknown path', path: '/nowhere', headers: TENANT },
  { name: 'the root', path: '/' },
  { name: 'a broken escape', path: '/api/v1/things/%E0%A4%A', headers: TENANT },
  { name: 'a page of its own', path: '/api/v1/things', headers: { ...TENANT, Origin: OWN_PAGE } },
  { name: 'a page of ours', path: '/api/v1/things', headers: { ...TENANT, Origin: 'https://shop.example' } },
  { name: 'a foreign page', path: '/api/v1/things', headers: { ...TENANT, Origin: 'https://evil.example' } },
  ...[OWN_PAGE, 'https://shop.example', 'https://evil.example'].map((origin) => ({
    name: `a preflight of ${origin}`,
    method: 'OPTIONS',
    path: '/api/v1/things',
    headers: { Origin: origin, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'x-tenant' },
  })),
  { name: 'OPTIONS that is no preflight', method: 'OPTIONS', path: '/api/v1/things', headers: TENANT },
];

/** Socket.IO's first request of long polling, which names the server's pings. */
const POLLING = '/socket.io/?EIO=4&transport=polling';

/** The HTTP half of the host's Socket.IO. */
export const SOCKET_IO_ROWS: readonly HttpRow[] = [
  { name: 'Socket.IO over polling', path: POLLING },
  { name: 'Socket.IO of its own page', path: POLLING, headers: { Origin: OWN_PAGE } },
  { name: 'Socket.IO of a foreign page', path: POLLING, headers: { Origin: 'https://evil.example' } },
  { name: 'Socket.IO with JSONP', path: `${POLLING}&j=0` },
  { name: 'Socket.IO of version 2', path: '/socket.io/?EIO=3&transport=polling' },
  { name: 'Socket.IO with an unknown session', path: `${POLLING}&sid=none` },
];

const deflate = { 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits' };

/** The WebSocket paths that both kinds of host have. */
const FEED: readonly SocketRow[] = [
  {
    name: 'the feed',
    path: '/own/feed?key=secret',
    steps: [{ receive: 1 }, { send: 'hi' }, { receive: 1 }, { send: Buffer.from([0, 255]) }, { receive: 1 }],
  },
  {
    name: 'the feed closes with its own code',
    path: '/own/feed?key=secret',
    steps: [{ receive: 1 }, { send: 'bye' }, { receive: 1 }],
  },
  {
    name: 'the feed with compression',
    path: '/own/feed?key=secret',
    headers: deflate,
    steps: [{ receive: 1 }, { send: 'x'.repeat(1_500) }, { receive: 1 }],
  },
  {
    name: 'the feed with subprotocols',
    path: '/own/feed?key=secret',
    headers: { 'Sec-WebSocket-Protocol': 'feed.v1, feed.v2' },
    steps: [{ receive: 1 }],
  },
  {
    name: 'the feed with too large a frame',
    path: '/own/feed?key=secret',
    steps: [{ receive: 1 }, { send: 'x'.repeat(2_500) }, { receive: 1 }],
  },
  {
    name: 'the feed from a foreign page',
    path: '/own/feed?key=secret',
    headers: { Origin: 'https://evil.example' },
    steps: [{ receive: 1 }],
  },
  {
    name: 'the feed from its own page',
    path: '/own/feed?key=secret',
    headers: { Origin: OWN_PAGE },
    steps: [{ receive: 1 }],
  },
  { name: 'the feed in another version', path: '/own/feed?key=secret', headers: { 'Sec-WebSocket-Version': '9' } },
  { name: 'the feed without a right key', path: '/own/feed?key=secret', headers: { 'Sec-WebSocket-Key': 'short' } },
  {
    name: 'an upgrade to another protocol',
    path: '/api/v1/things',
    headers: { ...TENANT, Upgrade: 'h2c' },
    mayDiffer: 'the module serves an offer of HTTP/2 as HTTP/1.1, which the host refused or cut',
  },
];

/** The sockets of a host with its own `upgrade` listener and Socket.IO. */
export const LISTENER_ROWS: readonly SocketRow[] = [
  ...FEED,
  { name: 'the feed without its key', path: '/own/feed' },
  { name: 'an unknown path of its own', path: '/own/other' },
  {
    name: 'Socket.IO over WebSocket',
    path: '/socket.io/?EIO=4&transport=websocket&name=ada',
    steps: [
      { receive: 1 },
      { send: '40/live,' },
      { receive: 2 },
      { send: '42/live,7["ask",{"a":1}]' },
      { receive: 1 },
      { send: '42/live,["tell",[1,2]]' },
      { receive: 1 },
      { send: '40/none,' },
      { receive: 1 },
    ],
  },
  {
    name: 'Socket.IO with too large a message',
    path: '/socket.io/?EIO=4&transport=websocket',
    steps: [
      { receive: 1 },
      { send: '40/live,' },
      { receive: 2 },
      { send: `42/live,["ask","${'x'.repeat(6_000)}"]` },
      { receive: 1 },
    ],
  },
  {
    name: 'an unknown path',
    path: '/nowhere',
    mayDiffer: "the module leaves the host's listeners a minute before it answers 404; Socket.IO cut it after a second",
  },
];

/** The sockets of a host with a `WebSocketServer({ server, path })`. */
export const WS_ROWS: readonly SocketRow[] = [
  ...FEED,
  { name: 'an unknown path', path: '/nowhere' },
  { name: 'a path below its own', path: '/own/feed/more' },
];
