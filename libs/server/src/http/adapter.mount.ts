import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { HttpServer } from '@nestjs/common';

/** Serves a request, or returns false to leave it to the application. */
export type ServeRequest = (request: IncomingMessage, response: ServerResponse) => boolean;

/** What is used of an Express application. */
interface ExpressInstance {
  router?: { stack: unknown[] };
}

/** What is used of a Fastify application. */
interface FastifyInstance {
  server: Server;
  use?: unknown;
  addHook(name: 'onRequest', hook: OnRequest): void;
}

type OnRequest = (
  request: { raw: IncomingMessage },
  reply: { raw: ServerResponse; hijack(): void },
  done: () => void,
) => void;

/** Lets `serve` see every request of an HTTP adapter first, before middleware that is there or comes later. */
export function mountFirst(adapter: HttpServer, serve: ServeRequest): void {
  if (adapter.getType() === 'fastify') return mountOnFastify(adapter, serve);
  useMiddleware(adapter, serve);
  // An Express application that was made before Nest has middleware, which may read bodies.
  const { router } = adapter.getInstance() as ExpressInstance;
  if (router) router.stack.unshift(router.stack.pop());
}

function mountOnFastify(adapter: HttpServer, serve: ServeRequest): void {
  const instance = adapter.getInstance() as FastifyInstance;
  const { server } = instance;
  // Nest's adapter has hooks from the start, which answer preflights, and every request while the application closes.
  const listeners = server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[];
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!serve(request, response)) for (const listener of listeners) listener.call(server, request, response);
  });
  // The requests of `inject` do not come from the server.
  if (instance.use !== undefined) return useMiddleware(adapter, serve);
  instance.addHook('onRequest', (request, reply, done) => {
    if (serve(request.raw, reply.raw)) reply.hijack();
    else done();
  });
}

function useMiddleware(adapter: HttpServer, serve: ServeRequest): void {
  adapter.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
    if (!serve(request, response)) next();
  });
}
