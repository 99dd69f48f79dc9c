import type { Authenticate } from '@switchyard/server';
import { JwtAuthenticator } from '../../src/auth/jwt.authenticator.js';
import { readEnvironment } from '../../src/config/environment.js';
import { JWT_SECRET } from '../harness/user.token.js';

/** The reference application's authenticator, for toys that require real tokens. */
export function tokenAuthenticator(): Authenticate {
  const authenticator = new JwtAuthenticator(readEnvironment({ JWT_SECRET, REQUIRE_AUTH: 'true' }));
  return (credentials) => authenticator.authenticate(credentials);
}
