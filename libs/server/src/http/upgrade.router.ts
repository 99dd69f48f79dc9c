import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Fault } from '@switchyard/contract';
import { match } from 'path-to-regexp';
import { offeredProtocols, serveAsHttp } from './plain.request.js';
import { RefusalLog } from './refusal.log.js';
import { requestTarget } from './request.target.js';
import { offerSocket } from './unclaimed.socket.js';
import { UpgradeListeners, type UpgradeListener } from './upgrade.listeners.js';

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

type Params = UpgradeRequest['params'];

interface Route {
  match(path: string): false | { params: Params };
  handler: UpgradeHandler;
}

const WEBSOCKET = 'websocket';

/**
 * How long the host's listeners may leave a socket untouched before it gets 404, in ms. One that asks somebody else before it
 * touches the socket may take seconds; no browser and no proxy waits for this long.
 */
const UNCLAIMED_MS = 60_000;

/**
 * Owns the HTTP server's `upgrade` event and routes requests by path. Where the host application has `upgrade` listeners of
 * its own, they get every other request; without them an unknown path gets 404 at once. A request for another protocol than
 * WebSocket is served as plain HTTP, which its client must accept.
 */
@Injectable()
export class UpgradeRouter {
  /** While true, every upgrade request is refused. */
  draining = false;
  /** How long a socket may stay untouched by the listeners of the host, in ms. */
  unclaimed_ms = UNCLAIMED_MS;
  private readonly routes: Route[] = [];
  private hosted: Server | undefined;
  private listening: { server: Server; listeners: UpgradeListeners } | undefined;

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly refusals: RefusalLog,
  ) {}

  /** Routes upgrade requests for `path` (path-to-regexp syntax) to `handler`, without a time limit. */
  route(path: string, handler: UpgradeHandler): void {
    this.add({ match: match(path), handler });
  }

  /** Routes upgrade requests whose path `isMatch` to `handler`, without a time limit. */
  routeWhere(isMatch: (path: string) => boolean, handler: UpgradeHandler): void {
    this.add({ match: (path) => isMatch(path) && { params: {} }, handler });
  }

  /** Starts answering upgrade requests. */
  listen(): void {
    if (this.listening) return;
    const server = this.host.httpAdapter.getHttpServer() as Server;
    this.listening = { server, listeners: new UpgradeListeners(server, this.onUpgrade) };
  }

  /** Lets an old server get every upgrade request that is not routed, beside the host's own listeners. */
  leaveTo(hosted: Server): void {
    this.hosted = hosted;
    this.listen();
  }

  /** Whether `target` is the HTTP server whose upgrade requests are routed. */
  isServer(target: object): boolean {
    return target === this.listening?.server;
  }

  /** Hands a request to the host's own listeners; it gets 404 when none of them has touched its socket for long. */
  readonly leaveToHost: UpgradeListener = (request, socket, head) => {
    const offer = () => {
      this.listening!.listeners.emit(request, socket, head);
      this.hosted?.emit('upgrade', request, socket, head);
    };
    offerSocket(socket as Socket, offer, this.unclaimed_ms, () => refuseUpgrade(socket, new Fault('path.not_found')));
  };

  private add(route: Route): void {
    this.routes.push(route);
    this.listen();
  }

  /** Runs in the step in which Node.js would call the host's listeners. */
  private readonly onUpgrade: UpgradeListener = (request, socket, head) => {
    const { path, query } = requestTarget(request);
    const offered = offeredProtocols(request);
    const found = offered.includes(WEBSOCKET) ? this.find(path) : undefined;
    if (!found && this.isLeftToHost(offered)) return this.leaveToHost(request, socket, head);
    const upgrade = { request, socket, head, query };
    this.dispatch(found, offered, upgrade).catch((error: unknown) => {
      this.refusals.refused(request, error);
      refuseUpgrade(socket, Fault.from(error));
    });
  };

  private async dispatch(
    found: Found | undefined,
    offered: readonly string[],
    upgrade: Omit<UpgradeRequest, 'params'>,
  ): Promise<void> {
    const { request, socket, head } = upgrade;
    if (offered.includes(WEBSOCKET)) socket.on('error', () => socket.destroy());
    // As Node.js does for a server without a listener.
    const isPlain = this.hosted !== undefined || offered.some((protocol) => protocol !== WEBSOCKET);
    if (!found && isPlain) return serveAsHttp(this.listening!.server, request, socket as Socket, head);
    if (this.draining) throw new Fault('service.draining');
    if (!found) throw new Fault('path.not_found');
    // A malformed %-escape.
    if (!found.params) throw new Fault('input.invalid', { expected: 'a well-formed path' });
    // The client may offer several protocols, but WebSocket servers expect one.
    request.headers.upgrade = WEBSOCKET;
    return found.handler({ ...upgrade, params: found.params });
  }

  private find(path: string): Found | undefined {
    for (const { match, handler } of this.routes) {
      try {
        const found = match(path);
        if (found) return { handler, params: found.params };
      } catch {
        return { handler, params: undefined };
      }
    }
    return undefined;
  }

  /** Whether the host's own listeners may answer: two that write into one socket corrupt both answers. */
  private isLeftToHost(offered: readonly string[]): boolean {
    // HTTP/2 removed this upgrade, so no listener handles it.
    if (offered.every((protocol) => protocol === 'h2c')) return false;
    return this.listening!.listeners.all.length > 0 || (this.hosted?.listenerCount('upgrade') ?? 0) > 0;
  }
}

/** A route that matches a path; its parameters are undefined when they cannot be read. */
interface Found {
  handler: UpgradeHandler;
  params: Params | undefined;
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
