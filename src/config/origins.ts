import type { Environment } from './environment.js';

const DEVELOPMENT = ['http', 'https'].flatMap((scheme) =>
  ['localhost', '127.0.0.1', '[::1]'].map((host) => `${scheme}://${host}:*`),
);

/** Lists the allowed browser origins: those in `ALLOWED_ORIGINS` (comma-separated), and in development this machine. */
export function allowedOrigins({ NODE_ENV, ALLOWED_ORIGINS }: Environment): string[] {
  const listed = (ALLOWED_ORIGINS ?? '')
    .split(',')
    .map((origin) => origin.trim())
    .filter((origin) => origin !== '');
  return NODE_ENV === 'development' ? [...DEVELOPMENT, ...listed] : listed;
}
