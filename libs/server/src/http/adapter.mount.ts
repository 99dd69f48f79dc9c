import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpServer } from '@nestjs/common';

/** Serves a request, or returns false to leave it to the application. */
export type ServeRequest = (request: IncomingMessage, response: ServerResponse) => boolean;

/** What is used of an Express application. */
interface ExpressInstance {
  router?: { stack: unknown[] };
}

/** What is used of a Fastify application. */
interface FastifyInstance {
  use?: unknown;
  addHook(
    name: 'onRequest',
    hook: (request: { raw: IncomingMessage }, reply: { raw: ServerResponse; hijack(): void }, done: () => void) => void,
  ): void;
}

/** Lets `serve` see every request of an HTTP adapter first, before middleware that is there or comes later. */
export function mountFirst(adapter: HttpServer, serve: ServeRequest): void {
  const instance = adapter.getInstance() as ExpressInstance & FastifyInstance;
  if (adapter.getType() === 'fastify' && instance.use === undefined) {
    // Its middleware plugin is not loaded yet, or never will be; a hook that is added now comes before it.
    instance.addHook('onRequest', (request, reply, done) => {
      if (!serve(request.raw, reply.raw)) return done();
      reply.hijack();
    });
    return;
  }
  adapter.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
    if (!serve(request, response)) next();
  });
  // An Express application that was made before Nest has middleware, which may read bodies.
  const stack = instance.router?.stack;
  if (stack) stack.unshift(stack.pop());
}
