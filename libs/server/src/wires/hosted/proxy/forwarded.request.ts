import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { Fault } from '@switchyard/contract';
import type { ResolvedProxyOptions } from './proxy.options.js';

/** Node.js reads headers as Latin-1, so writing them so restores the bytes that came. */
const ENCODING = 'latin1';

/** An IPv4 address as a socket for both versions of IP gives it. */
const MAPPED_IPV4 = /^::ffff:(?=\d+\.)/i;

type Header = readonly [name: string, value: string];

/**
 * The head of an upgrade request as it came: its method, target and version, and its headers in their order and case.
 *
 * @throws Fault `input.invalid` when the other process could read it in another way than this one
 */
export function forwardedRequest(
  request: IncomingMessage,
  { forwarded, host }: Pick<ResolvedProxyOptions, 'forwarded' | 'host'>,
): Buffer {
  refuseBody(request);
  let headers = offeringWebSocketOnly(headersOf(request));
  if (forwarded) {
    const peer = peerOf(request);
    refuseRemoval(request, peer);
    for (const header of peer) headers = appended(headers, header);
  }
  if (host !== undefined) headers = replaced(headers, ['Host', host]);
  const { method, url, httpVersion } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, ENCODING);
}

const refusal = (expected: string) => new Fault('input.invalid', { expected });

const isNamed = ([name]: Header, other: string) => name.toLowerCase() === other.toLowerCase();

function headersOf({ rawHeaders }: IncomingMessage): Header[] {
  return rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, rawHeaders[at + 1]!] as const] : []));
}

/** A body would be taken for frames here, and perhaps for another request there. */
function refuseBody({ headers }: IncomingMessage): void {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = headers;
  if (length !== '0' || encoding !== undefined) throw refusal('an upgrade request without a body');
}

/** Another protocol would be a tunnel to more than this path. */
function offeringWebSocketOnly(headers: Header[]): Header[] {
  const offers = headers.filter((header) => isNamed(header, 'upgrade'));
  const isOnly = offers.length === 1 && /^websocket$/i.test(offers[0]![1]);
  return isOnly ? headers : replaced(headers, ['Upgrade', 'websocket']);
}

/** What a proxy knows of its peer. */
function peerOf({ socket, headers }: IncomingMessage): Header[] {
  const { remoteAddress, encrypted } = socket as TLSSocket;
  return [
    ...(remoteAddress === undefined ? [] : [['X-Forwarded-For', remoteAddress.replace(MAPPED_IPV4, '')] as const]),
    ['X-Forwarded-Proto', encrypted ? 'https' : 'http'],
    ...(headers.host === undefined ? [] : [['X-Forwarded-Host', headers.host] as const]),
  ];
}

/** `Connection` may name headers that end with this connection; it must not make the process drop what is appended. */
function refuseRemoval({ headers }: IncomingMessage, peer: readonly Header[]): void {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim());
  if (named.some((name) => peer.some((header) => isNamed(header, name))))
    throw refusal('a Connection header that names no X-Forwarded header');
}

/** Appends to the last header of that name, so that a client's own value never comes last; else adds the header. */
function appended(headers: Header[], [name, value]: Header): Header[] {
  const at = headers.findLastIndex((header) => isNamed(header, name));
  if (at < 0) return [...headers, [name, value]];
  const [sentName, sent] = headers[at]!;
  return headers.with(at, [sentName, sent === '' ? value : `${sent}, ${value}`]);
}

/** Gives the first header of that name another value, and leaves out the others; adds it in front where there is none. */
function replaced(headers: Header[], [name, value]: Header): Header[] {
  const first = headers.find((header) => isNamed(header, name));
  if (!first) return [[name, value], ...headers];
  return headers.flatMap((header): Header[] => {
    if (header === first) return [[header[0], value]];
    return isNamed(header, name) ? [] : [header];
  });
}
