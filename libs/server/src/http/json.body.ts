import type { IncomingMessage } from 'node:http';
import type { INestApplication } from '@nestjs/common';

/** A Nest application on Express, which can configure its body parser. */
interface TakesBodyParser extends INestApplication {
  useBodyParser?(type: 'json', options: object): unknown;
}

const sizes = new WeakMap<IncomingMessage, number>();

/** Parses request bodies of up to `limit` bytes as any JSON value; 0 for no limit. */
export function readJsonBodies(app: TakesBodyParser, limit: number): void {
  app.useBodyParser?.('json', {
    limit: limit || Infinity,
    // A body of null counts as absent.
    strict: false,
    verify: (request: IncomingMessage, _response: unknown, body: Buffer) => void sizes.set(request, body.length),
  });
}

/** The size of a request's body in bytes, after decompression. */
export function bodySize(request: IncomingMessage): number {
  return sizes.get(request) ?? Number(request.headers['content-length'] ?? 0);
}
