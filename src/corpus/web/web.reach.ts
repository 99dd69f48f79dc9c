import type { Environment } from '../../config/environment.js';
import type { WebSettings } from './web.client.js';

/** What this server may read, as it is configured. */
export function webReach({
  CRAWL_ALLOW_PRIVATE,
  NODE_ENV,
  PORT,
}: Pick<Environment, 'CRAWL_ALLOW_PRIVATE' | 'NODE_ENV' | 'PORT'>): Pick<WebSettings, 'allowPrivate' | 'ownPort'> {
  return {
    allowPrivate: CRAWL_ALLOW_PRIVATE,
    // A newcomer can crawl the sample that this application serves, with nothing to configure.
    ...(NODE_ENV === 'development' && PORT > 0 && { ownPort: PORT }),
  };
}
