import type { IncomingMessage } from 'node:http';
import type { INestApplication } from '@nestjs/common';

/** What Nest's Express application has beside the common one. */
interface TakesBodyParser extends INestApplication {
  useBodyParser?(type: 'json', options: object): unknown;
}

const sizes = new WeakMap<IncomingMessage, number>();

/** Has bodies of up to `limit` bytes read as JSON, whatever JSON they are; 0 for any size. */
export function readJsonBodies(app: TakesBodyParser, limit: number): void {
  app.useBodyParser?.('json', {
    limit: limit || Infinity,
    // A body of null is one that is left out.
    strict: false,
    verify: (request: IncomingMessage, _response: unknown, body: Buffer) => void sizes.set(request, body.length),
  });
}

/** How many bytes the body of a request had once decompressed. */
export function bodySize(request: IncomingMessage): number {
  return sizes.get(request) ?? Number(request.headers['content-length'] ?? 0);
}
