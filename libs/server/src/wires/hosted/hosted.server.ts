import type { RequestListener, Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';

/** An old HTTP server, which need not listen; or what it would be made with, such as an Express application. */
export type HostedHttp = HttpServer | HttpsServer | RequestListener;

/** The settings of an HTTP server that its clients notice, and that can be changed after it was made. */
const SETTINGS = [
  'headersTimeout',
  'keepAliveTimeout',
  'maxHeadersCount',
  'maxRequestsPerSocket',
  'requestTimeout',
  'timeout',
] as const satisfies readonly (keyof HttpServer)[];

/** Gives one server the time-outs and limits of another. */
export function copySettings(from: HttpServer, to: HttpServer): void {
  Object.assign(to, Object.fromEntries(SETTINGS.map((name) => [name, from[name]])));
}

/**
 * Calls `forward` for an event of one server while another one has listeners for it: Node.js does something else where
 * nobody listens.
 */
export function forwardWhileHeard(
  event: string,
  from: HttpServer,
  to: HttpServer,
  forward: (...args: never[]) => void,
): void {
  const listener = forward as (...args: unknown[]) => void;
  const follow = () => {
    const isForwarded = from.listeners(event).includes(listener);
    if (to.listenerCount(event) === 0) from.off(event, listener);
    else if (!isForwarded) from.on(event, listener);
  };
  follow();
  // Node.js tells of a listener before it adds it.
  const changed = (name: string | symbol) => {
    if (name === event) queueMicrotask(follow);
  };
  to.on('newListener', changed).on('removeListener', changed);
}
