import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { OldClient } from './product.load.js';

/** A small server of its own, as such servers are written. */
export interface OldProduct {
  name: string;
  about: string;
  /** The program of its server. */
  server: string;
}

/** Where the products' folders are. */
export const PRODUCTS_FOLDER = join(__dirname, '../folders/products');

/** The six old products. */
export const OLD_PRODUCTS: readonly OldProduct[] = [
  { name: 'first-message', about: 'authentication in the first message, request ids', server: 'server.js' },
  { name: 'sessions', about: 'cookie or ?sessionId, accepts, tells, closes with 1008', server: 'server.js' },
  { name: 'topics', about: 'subscribe and unsubscribe over topics of two domains', server: 'server.js' },
  { name: 'json-rpc', about: 'JSON-RPC 2.0 with a subprotocol and batches', server: 'server.js' },
  { name: 'previews', about: 'binary previews, a reconnect replaces the old socket', server: 'server.js' },
  { name: 'telemetry', about: 'a Python process with websockets', server: 'server.py' },
];

/** The recorded conversations of a product's old clients. */
export const framesFile = (name: string): string => join(PRODUCTS_FOLDER, name, 'frames.txt');
/** The text of the recorded conversations. */
export const readFrames = (name: string): string => readFileSync(framesFile(name), 'utf8');

/** Loads the old client of an installed product. */
export async function oldClient(folder: string): Promise<OldClient> {
  // Some products are CommonJS, some are ES modules; both have their own copy of ws.
  const file = join(folder, 'client.js');
  try {
    return createRequire(file)(file) as OldClient;
  } catch {
    return (await import(pathToFileURL(file).href)) as OldClient;
  }
}
