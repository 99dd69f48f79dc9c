import type { Environment } from '../../config/environment.js';
import type { WebSettings } from './web.client.js';

/** Derives from the environment which addresses may be read. */
export function webReach({
  CRAWL_ALLOW_PRIVATE,
  NODE_ENV,
  PORT,
}: Pick<Environment, 'CRAWL_ALLOW_PRIVATE' | 'NODE_ENV' | 'PORT'>): Pick<WebSettings, 'allowPrivate' | 'ownPort'> {
  return {
    allowPrivate: CRAWL_ALLOW_PRIVATE,
    // In development the sample of this application can be crawled without configuration.
    ...(NODE_ENV === 'development' && PORT > 0 && { ownPort: PORT }),
  };
}
