import type { ServerOptions } from 'socket.io';
import { nearName } from '../validation/near.name.js';
import { flag, isObject, milliseconds, type SettingRule } from './setting.rule.js';

/** The options of Socket.IO's server that the framework sets itself, each with the reason or with what to set instead. */
export const RESERVED_OPTIONS = {
  adapter: 'set socketIoAdapter instead',
  addTrailingSlash: 'the path of the Socket.IO server always ends with a slash',
  allowRequest: 'set allowedOrigins and authenticate instead',
  connectionStateRecovery: 'rooms recover by their positions, also after a restart and on another wire',
  cors: 'set allowedOrigins instead',
  destroyUpgrade: 'the framework answers each upgrade request itself',
  destroyUpgradeTimeout: 'the framework answers each upgrade request itself',
  maxHttpBufferSize: 'set maxHttpBufferSize of the module instead',
  parser: 'the framework limits the size of each call in its own parser',
  pingInterval: 'set pingIntervalMs instead',
  pingTimeout: 'set pingTimeoutMs instead',
  wsEngine: 'the framework measures what the WebSockets of ws have not sent yet',
} as const satisfies Partial<Record<keyof ServerOptions, string>>;

type ReservedOption = keyof typeof RESERVED_OPTIONS;

/** The options of Socket.IO's server that an application may set. */
export type SocketIoOptions = Partial<Omit<ServerOptions, ReservedOption>>;

/** The path of Socket.IO where the application sets none. */
export const DEFAULT_SOCKET_IO_PATH = '/socket.io/';

const TRANSPORTS: readonly unknown[] = ['polling', 'websocket', 'webtransport'];
/** Socket.IO takes every request whose path begins with its own. */
const TAKEN = ['/realtime/', '/admin/', '/admin/migration/', '/health/'];
const SEGMENTS = /^(\/[\w.~-]+)+\/?$/;

/** The options with a rule; `true` for those that are passed on as they are. */
const RULES: Record<keyof SocketIoOptions, SettingRule | true> = {
  allowEIO3: flag,
  allowUpgrades: flag,
  cleanupEmptyChildNamespaces: flag,
  connectTimeout: milliseconds(1),
  cookie: true,
  httpCompression: true,
  initialPacket: true,
  path: pathRule,
  perMessageDeflate: true,
  serveClient: flag,
  transports: transportsRule,
  upgradeTimeout: milliseconds(1),
};
const KNOWN = [...Object.keys(RULES), ...Object.keys(RESERVED_OPTIONS)];

/** The path of the Socket.IO server, with a slash at both ends. */
export function socketIoPath({ path = DEFAULT_SOCKET_IO_PATH }: SocketIoOptions): string {
  return path.endsWith('/') ? path : `${path}/`;
}

/** Checks options for Socket.IO's server; those that this list does not know are passed on, unless one is a misspelt name. */
export const socketIoRule: SettingRule = (value, name) => {
  if (!isObject(value)) return [`${name} must be an object with options of Socket.IO’s server`];
  return Object.entries(value).flatMap(([key, entry]) => (entry === undefined ? [] : problemsOf(key, entry, name)));
};

function problemsOf(key: string, value: unknown, name: string): readonly string[] {
  if (Object.hasOwn(RESERVED_OPTIONS, key))
    return [`${name}.${key} cannot be set; ${RESERVED_OPTIONS[key as ReservedOption]}`];
  if (!Object.hasOwn(RULES, key)) {
    const near = nearName(key, KNOWN);
    return near ? [`${name}.${key} is no option of Socket.IO’s server; did you mean ${near}?`] : [];
  }
  const rule = RULES[key as keyof typeof RULES];
  return rule === true ? [] : rule(value, `${name}.${key}`);
}

function pathRule(path: unknown, name: string): readonly string[] {
  if (typeof path !== 'string' || !SEGMENTS.test(path)) return [`${name} must be a path such as /live/socket.io`];
  const taken = TAKEN.includes(path.endsWith('/') ? path : `${path}/`);
  return taken ? [`${name} must not be ${path}, because addresses of the framework begin with it`] : [];
}

function transportsRule(transports: unknown, name: string): readonly string[] {
  const isList = Array.isArray(transports) && transports.length > 0;
  return isList && transports.every((transport) => TRANSPORTS.includes(transport))
    ? []
    : [`${name} must be a list of ${TRANSPORTS.join(', ')}`];
}
