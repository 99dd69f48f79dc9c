import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
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

/** Hands upgrade requests on to another process; `proxyTo` makes it. */
export interface HostedProxy {
  /**
   * Passes a request on and its answer back.
   *
   * @returns the connection once the process has upgraded it; undefined when it has refused, or the client has left
   * @throws Fault `input.invalid`, `upstream.unavailable`
   */
  proxyUpgrade(request: IncomingMessage, socket: Socket, head: Buffer): Promise<HostedClient | undefined>;
}

/**
 * Old code that answers upgrade requests: an `upgrade` listener, a `WebSocketServer` of the package `ws`, an HTTP server
 * whose own `upgrade` listeners answer, or a process of its own.
 */
export type HostedHandler = UpgradeListener | HostedServer | HostedProxy | EventEmitter;

/** Whether a value can be a handler; what code without types passes may be none. */
export function isHostedHandler(value: unknown): value is HostedHandler {
  if (typeof value === 'function') return true;
  if (typeof value !== 'object' || value === null) return false;
  return ['handleUpgrade', 'proxyUpgrade', 'emit'].some((name) => typeof Reflect.get(value, name) === 'function');
}

/** Whether a handler is a `WebSocketServer`, which tells when a client is connected. */
export function isHostedServer(handler: HostedHandler): handler is HostedServer {
  return 'handleUpgrade' in handler;
}

/** Whether a handler passes requests on to another process. */
export function isHostedProxy(handler: HostedHandler): handler is HostedProxy {
  return 'proxyUpgrade' in handler;
}
