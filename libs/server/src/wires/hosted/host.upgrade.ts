import type { INestApplicationContext } from '@nestjs/common';
import type { ServiceContract } from '@switchyard/contract';
import { partOf } from '../../options/imported.module.js';
import type { HostedHandler } from './hosted.handler.js';
import { HostedWire } from './hosted.wire.js';

/** How old code is hosted. */
export interface HostUpgradeOptions {
  /** The service whose old wire this is, by contract or name: its stage governs the path. Without it no stage does. */
  service?: string | Pick<ServiceContract, 'name'>;
}

/**
 * Lets old WebSocket code serve a path as it always did: it authenticates, and reads and writes the socket, by itself. Call it
 * before `listen`.
 *
 * @param path in the syntax of path-to-regexp, such as `/ws/crawl/:id`
 * @param handler an `upgrade` listener, a `WebSocketServer` of the package `ws`, an HTTP server whose own `upgrade` listeners
 * serve the path, such as `app.getHttpServer()`, or `proxyTo` another process
 * @throws TypeError when the path or the handler is none, or when no gateway serves the service; before `listen`, the latter
 * is thrown by `listen`
 */
export function hostUpgrade(
  app: INestApplicationContext,
  path: string,
  handler: HostedHandler,
  { service }: HostUpgradeOptions = {},
): void {
  const name = typeof service === 'object' ? service.name : service;
  partOf(app, HostedWire).host(path, handler, name);
}
