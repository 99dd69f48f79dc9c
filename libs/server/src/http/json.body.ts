import type { IncomingMessage, ServerResponse } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { json } from 'body-parser';
import { CallSizes } from '../dispatch/call.sizes.js';

/** A Nest application on Express, which can configure its body parser. */
interface TakesBodyParser extends INestApplication {
  useBodyParser?(type: 'json', options: object): unknown;
}

/** A request whose body some parser has read. */
type ParsedRequest = IncomingMessage & { body?: unknown };

const sizes = new WeakMap<IncomingMessage, number>();

/** How bodies of up to `limit` bytes are read, as any JSON value; 0 for no limit. */
function jsonOptions(limit: number) {
  return {
    limit: limit || Infinity,
    // A body of null counts as absent.
    strict: false,
    verify: (request: IncomingMessage, _response: unknown, body: Buffer) => void sizes.set(request, body.length),
  };
}

/**
 * Lets the controllers of an application on Express take any JSON value as a body, up to the size that calls of its services
 * may have; for controllers that make such calls.
 */
export function readJsonBodies(app: TakesBodyParser): void {
  app.useBodyParser?.('json', jsonOptions(app.get(CallSizes).frame));
}

/** Makes the reader of the bodies of the framework's routes. */
export function jsonReader(limit: number): (request: IncomingMessage, response: ServerResponse) => Promise<unknown> {
  const parse = json(jsonOptions(limit));
  return (request: ParsedRequest, response) =>
    new Promise((resolve, reject) => {
      // Leaves a body alone that the application has read before.
      parse(request, response, (error?: Error | null) => {
        if (error) reject(error);
        else resolve(request.body);
      });
    });
}

/** The size of a request's body in bytes, after decompression. */
export function bodySize(request: IncomingMessage): number {
  return sizes.get(request) ?? Number(request.headers['content-length'] ?? 0);
}
