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

const ABOUT_THE_TOKEN = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported];

/**
 * The keys that an issuer of tokens publishes at `url`. While it is away those it had last are taken.
 *
 * @throws Fault `issuer.unavailable` when a token's key is not among those known and the issuer cannot be asked
 */
export function issuerKeys(url: string, options?: RemoteJWKSetOptions): JWTVerifyGetKey {
  const published = createRemoteJWKSet(new URL(url), options);
  return async (header, token) => {
    try {
      return await published(header, token);
    } catch (error) {
      if (ABOUT_THE_TOKEN.some((kind) => error instanceof kind)) throw error;
      const known = published.jwks();
      const key = known && createLocalJWKSet(known)(header, token);
      return key?.catch(() => unavailable(error)) ?? unavailable(error);
    }
  };
}

function unavailable(cause: unknown): never {
  throw new Fault('issuer.unavailable', undefined, { cause });
}
