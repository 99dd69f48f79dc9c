import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Fault } from '@switchyard/contract';
import { match, type MatchFunction } from 'path-to-regexp';
import { requestTarget } from './request.target.js';

/** An upgrade request on its way to the endpoint that owns its path. */
export interface UpgradeRequest {
  request: IncomingMessage;
  socket: Duplex;
  head: Buffer;
  params: Partial<Record<string, string>>;
  query: URLSearchParams;
}

/** Takes over an upgrade request; a Fault it throws is answered with its HTTP status. */
export type UpgradeHandler = (upgrade: UpgradeRequest) => void | Promise<void>;

interface Route {
  match: MatchFunction<Partial<Record<string, string>>>;
  handler: UpgradeHandler;
}

/** The path Socket.IO listens on. */
export const SOCKET_IO_PATH = '/socket.io/';

/**
 * The one owner of the HTTP server's `upgrade` event: Socket.IO has its path, each legacy endpoint its own, and
 * everything else is answered 404 at once.
 */
@Injectable()
export class UpgradeRouter {
  /** While true, every upgrade request is refused. */
  draining = false;
  private readonly routes: Route[] = [];
  private listening: Server | undefined;

  constructor(private readonly host: HttpAdapterHost) {}

  /** Sends upgrade requests for `path` (path-to-regexp syntax) to `handler`, which may take its time. */
  route(path: string, handler: UpgradeHandler): void {
    this.routes.push({ match: match(path), handler });
    this.listen();
  }

  /** Begins to answer upgrade requests. */
  listen(): void {
    if (this.listening) return;
    this.listening = this.host.httpAdapter.getHttpServer() as Server;
    this.listening.on('upgrade', this.onUpgrade);
  }

  private readonly onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const { path, query } = requestTarget(request);
    // engine.io has a listener of its own and looks at this path only (destroyUpgrade is off).
    if (path.startsWith(SOCKET_IO_PATH)) return;
    socket.on('error', () => socket.destroy());
    this.dispatch(path, { request, socket, head, query }).catch((error: unknown) =>
      refuseUpgrade(socket, Fault.from(error)),
    );
  };

  private async dispatch(path: string, upgrade: Omit<UpgradeRequest, 'params'>): Promise<void> {
    if (this.draining) throw new Fault('service.draining');
    for (const route of this.routes) {
      const found = matchPath(route, path);
      if (found) return route.handler({ ...upgrade, params: found.params });
    }
    throw new Fault('path.not_found');
  }
}

function matchPath(route: Route, path: string) {
  try {
    return route.match(path);
  } catch {
    // A bad %-escape; it must not throw out of the listener.
    throw new Fault('input.invalid', { expected: 'a well-formed path' });
  }
}

/** Answers an upgrade request with a fault's HTTP status and body, and closes. */
function refuseUpgrade(socket: Duplex, fault: Fault): void {
  if (socket.destroyed) return;
  const body = JSON.stringify({ error: fault.toBody() });
  const reason = STATUS_CODES[fault.status];
  // The HTTP server watches over it no more: a peer that does not close would keep it for ever.
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${fault.status} ${reason}\r\nConnection: close\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
