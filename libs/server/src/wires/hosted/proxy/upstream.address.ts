import { connect, isIP, type Socket } from 'node:net';
import { connect as connectSecurely, type ConnectionOptions } from 'node:tls';

/** Where another process listens. */
export interface UpstreamAddress {
  /** The event of a socket that is connected. */
  connected: 'connect' | 'secureConnect';
  /** Begins to connect; each side of the connection can end without the other. */
  connect(): Socket;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'ws:': 80, 'https:': 443, 'wss:': 443 };
const SECURE: readonly string[] = ['https:', 'wss:'];
/** Like `http://host:port` for a socket in the file system. */
const UNIX = /^unix:(\/[^?#]+)$/;

/** Reads an address such as `http://127.0.0.1:9000` or `unix:/run/old.sock`. @throws TypeError that says what is wrong */
export function parseUpstream(target: string, tls: ConnectionOptions = {}): UpstreamAddress {
  const [, path] = UNIX.exec(target) ?? [];
  if (path !== undefined) return { connected: 'connect', connect: () => connect({ path, allowHalfOpen: true }) };
  const url = URL.canParse(target) ? new URL(target) : undefined;
  const defaultPort = url && DEFAULT_PORTS[url.protocol];
  if (!url || defaultPort === undefined)
    throw new TypeError(
      `unable to proxy to ${target}; the address is like http://127.0.0.1:9000, with http, https, ws or wss, or like unix:/run/old.sock`,
    );
  if (url.pathname !== '/' || url.search || url.hash || url.username || url.password)
    throw new TypeError(
      `unable to proxy to ${url.host}; the address has no path, query, hash or credentials, because requests go on with their own`,
    );
  // An IPv6 address has brackets in a URL only.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const address = { host, port: url.port === '' ? defaultPort : Number(url.port), allowHalfOpen: true, noDelay: true };
  if (!SECURE.includes(url.protocol)) return { connected: 'connect', connect: () => connect(address) };
  const servername = isIP(host) ? {} : { servername: host };
  const secure = { ALPNProtocols: ['http/1.1'], ...servername, ...tls, ...address };
  return { connected: 'secureConnect', connect: () => connectSecurely(secure) };
}
