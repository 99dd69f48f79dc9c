import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { UpgradeListener } from '../../http/upgrade.listeners.js';

/** What the framework uses of a `WebSocketServer` of the package `ws`; it may be made with any of its options. */
export interface HostedServer {
  handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    done: (client: HostedClient, request: IncomingMessage) => void,
  ): void;
  emit(event: 'connection', client: HostedClient, request: IncomingMessage): boolean;
}

/** What the framework uses of a WebSocket of the package `ws`. */
export interface HostedClient {
  close(code: number, reason: string): void;
  once(event: 'close', closed: (code: number) => void): unknown;
}

/**
 * Old code that answers upgrade requests: an `upgrade` listener, a `WebSocketServer` of the package `ws`, or an HTTP server
 * whose own `upgrade` listeners answer.
 */
export type HostedHandler = UpgradeListener | HostedServer | EventEmitter;

/** Whether a handler is a `WebSocketServer`, which tells when a client is connected. */
export function isHostedServer(handler: HostedHandler): handler is HostedServer {
  return 'handleUpgrade' in handler;
}
