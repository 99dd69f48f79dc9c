import { defineFaults, Fault } from '@switchyard/contract';
import { createLocalJWKSet, createRemoteJWKSet, errors, type JWTVerifyGetKey, type RemoteJWKSetOptions } from 'jose';

defineFaults({
  'issuer.unavailable': {
    status: 503,
    recoverable: true,
    message: 'unable to check the token; the keys of its issuer cannot be had',
    help: 'Try again in a moment; the token may be good.',
  },
});

const TOKEN_ERRORS = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported];

/**
 * Looks up token keys at the issuer's `url`; while the issuer is unreachable, the last known keys are used.
 *
 * @throws Fault `issuer.unavailable` when the key is unknown and the issuer is unreachable
 */
export function issuerKeys(url: string, options?: RemoteJWKSetOptions): JWTVerifyGetKey {
  const published = createRemoteJWKSet(new URL(url), options);
  return async (header, token) => {
    try {
      return await published(header, token);
    } catch (error) {
      if (TOKEN_ERRORS.some((kind) => error instanceof kind)) throw error;
      const known = published.jwks();
      const key = known && createLocalJWKSet(known)(header, token);
      return key?.catch(() => unavailable(error)) ?? unavailable(error);
    }
  };
}

function unavailable(cause: unknown): never {
  throw new Fault('issuer.unavailable', undefined, { cause });
}
