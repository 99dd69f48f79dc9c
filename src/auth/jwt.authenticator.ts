import { Injectable } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { hasExpired, type Credentials, type User } from '@switchyard/server';
import { errors, jwtVerify, type JWTPayload } from 'jose';
import { Environment } from '../config/environment.js';
import { issuerKeys } from './issuer.keys.js';

/** Authenticates by JSON Web Token: HS256 with `JWT_SECRET`, or the keys at `JWKS_URL`. */
@Injectable()
export class JwtAuthenticator {
  private readonly verify: ((token: string) => Promise<JWTPayload>) | undefined;

  constructor(private readonly environment: Environment) {
    const { JWT_SECRET, JWKS_URL } = environment;
    if (JWT_SECRET) {
      const secret = new TextEncoder().encode(JWT_SECRET);
      this.verify = async (token) => (await jwtVerify(token, secret, { algorithms: ['HS256'] })).payload;
    } else if (JWKS_URL) {
      const keys = issuerKeys(JWKS_URL);
      this.verify = async (token) => (await jwtVerify(token, keys)).payload;
    }
  }

  /**
   * Returns the user of a token, or undefined for an anonymous client if anonymous clients are allowed.
   *
   * @throws Fault `auth.required`, `auth.invalid`, `auth.expired`, `issuer.unavailable`
   */
  async authenticate({ token }: Credentials): Promise<User | undefined> {
    if (token === undefined || !this.verify) {
      if (this.environment.requiresAuth) throw new Fault('auth.required');
      return undefined;
    }
    try {
      return toUser(await this.verify(token), this.environment.JWT_TENANT_CLAIM);
    } catch (error) {
      if (error instanceof Fault) throw error;
      throw new Fault(error instanceof errors.JWTExpired ? 'auth.expired' : 'auth.invalid', undefined, {
        cause: error,
      });
    }
  }
}

function toUser(payload: JWTPayload, tenantClaim: string): User {
  const { sub, name, exp } = payload;
  if (!sub) throw new Fault('auth.invalid');
  const tenant = tenantIn(payload[tenantClaim]);
  const user = {
    id: sub,
    ...(typeof name === 'string' && { name }),
    ...(tenant && { tenant }),
    ...(exp !== undefined && { expires_at: exp * 1000 }),
  };
  // `exp` may be fractional, and jose compares it with the clock in whole seconds.
  if (hasExpired(user)) throw new Fault('auth.expired');
  return user;
}

/** The tenant in a claim; numbers are ids as well, and any other value names no tenant. */
function tenantIn(claim: unknown): string | undefined {
  return typeof claim === 'string' || typeof claim === 'number' ? String(claim) : undefined;
}
