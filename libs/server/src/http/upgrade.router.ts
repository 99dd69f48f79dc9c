import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Fault } from '@switchyard/contract';
import { match, type MatchFunction } from 'path-to-regexp';
import { offeredProtocols, serveAsHttp } from './plain.request.js';
import { requestTarget } from './request.target.js';

/** An upgrade request with the parameters from its path. */
export interface UpgradeRequest {
  request: IncomingMessage;
  socket: Duplex;
  head: Buffer;
  params: Partial<Record<string, string>>;
  query: URLSearchParams;
}

/** Answers an upgrade request; the router answers for it when it throws a Fault. */
export type UpgradeHandler = (upgrade: UpgradeRequest) => void | Promise<void>;

interface Route {
  match: MatchFunction<Partial<Record<string, string>>>;
  handler: UpgradeHandler;
}

const WEBSOCKET = 'websocket';

/** The path of Socket.IO. */
export const SOCKET_IO_PATH = '/socket.io/';

/**
 * Owns the HTTP server's `upgrade` event and routes requests by path. An unknown path gets 404 at once, unless the host
 * application has `upgrade` listeners of its own. A request for another protocol than WebSocket is served as plain HTTP,
 * which its client must accept.
 */
@Injectable()
export class UpgradeRouter {
  /** While true, every upgrade request is refused. */
  draining = false;
  private readonly routes: Route[] = [];
  private listening: Server | undefined;

  constructor(private readonly host: HttpAdapterHost) {}

  /** Routes upgrade requests for `path` (path-to-regexp syntax) to `handler`, without a time limit. */
  route(path: string, handler: UpgradeHandler): void {
    this.routes.push({ match: match(path), handler });
    this.listen();
  }

  /** Starts answering upgrade requests. */
  listen(): void {
    if (this.listening) return;
    this.listening = this.host.httpAdapter.getHttpServer() as Server;
    this.listening.on('upgrade', this.onUpgrade);
  }

  private readonly onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const { path, query } = requestTarget(request);
    const offered = offeredProtocols(request);
    const upgrade = { request, socket, head, query };
    this.dispatch(path, offered, upgrade).catch((error: unknown) => refuseUpgrade(socket, Fault.from(error)));
  };

  private async dispatch(
    path: string,
    offered: readonly string[],
    upgrade: Omit<UpgradeRequest, 'params'>,
  ): Promise<void> {
    const { request, socket, head } = upgrade;
    const isWebSocket = offered.includes(WEBSOCKET);
    if (isWebSocket) socket.on('error', () => socket.destroy());
    const found = isWebSocket ? this.find(path) : undefined;
    if (!found) {
      if (this.isLeftToHost(offered)) return;
      if (offered.some((protocol) => protocol !== WEBSOCKET))
        return serveAsHttp(this.listening!, request, socket as Socket, head);
    }
    if (this.draining) throw new Fault('service.draining');
    if (!found) throw new Fault('path.not_found');
    // The client may offer several protocols, but WebSocket servers expect one.
    request.headers.upgrade = WEBSOCKET;
    return found.handler({ ...upgrade, params: found.params });
  }

  private find(path: string): { handler: UpgradeHandler; params: UpgradeRequest['params'] } | undefined {
    for (const route of this.routes) {
      const found = matchPath(route, path);
      if (found) return { handler: route.handler, params: found.params };
    }
    return undefined;
  }

  /** Whether the host's own listener may answer: two that write into one socket corrupt both answers. */
  private isLeftToHost(offered: readonly string[]): boolean {
    // HTTP/2 removed this upgrade, so no listener handles it.
    if (offered.every((protocol) => protocol === 'h2c')) return false;
    return this.listening!.listenerCount('upgrade') > 1;
  }
}

function matchPath(route: Route, path: string) {
  try {
    return route.match(path);
  } catch {
    // A malformed %-escape; it must not throw in the event listener.
    throw new Fault('input.invalid', { expected: 'a well-formed path' });
  }
}

/** Answers an upgrade request with a fault's HTTP status and body, and closes. */
function refuseUpgrade(socket: Duplex, fault: Fault): void {
  if (socket.destroyed) return;
  const body = JSON.stringify({ error: fault.toBody() });
  const reason = STATUS_CODES[fault.status];
  // The HTTP server no longer manages this socket: without this, a peer that does not close keeps it open.
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${fault.status} ${reason}\r\nConnection: close\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
