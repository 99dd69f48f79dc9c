import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Fault } from '@switchyard/contract';
import { exportJWK, exportSPKI, generateKeyPair, jwtVerify, SignJWT, UnsecuredJWT, type CryptoKey } from 'jose';
import { readEnvironment } from '../config/environment.js';
import { issuerKeys } from './issuer.keys.js';
import { JwtAuthenticator } from './jwt.authenticator.js';

/** An issuer of tokens that publishes its keys. */
class Issuer {
  readonly keys = new Map<string, { publicKey: CryptoKey; privateKey: CryptoKey }>();
  /** Whether it closes every connection without an answer. */
  isAway = false;
  private readonly server = createServer((_request, response) => void this.publish(response));

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/keys`;
  }

  async listen(): Promise<void> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Replaces its keys by a new one. */
  async rotate(kid: string): Promise<void> {
    this.keys.clear();
    this.keys.set(kid, await generateKeyPair('ES256', { extractable: true }));
  }

  sign(kid: string, claims: Partial<{ exp: string; nbf: string; sub: string }> = {}): Promise<string> {
    const { exp = '1h', nbf = '0s', sub = 'ada' } = claims;
    const token = new SignJWT(sub ? { sub } : {}).setProtectedHeader({ alg: 'ES256', kid });
    return token.setExpirationTime(exp).setNotBefore(nbf).sign(this.keys.get(kid)!.privateKey);
  }

  private async publish(response: ServerResponse): Promise<void> {
    if (this.isAway) return void response.destroy();
    const keys = [...this.keys].map(async ([kid, { publicKey }]) => ({ ...(await exportJWK(publicKey)), kid }));
    response.end(JSON.stringify({ keys: await Promise.all(keys) }));
  }
}

describe('tokens of an issuer that publishes its keys', () => {
  let issuer: Issuer;
  beforeEach(async () => {
    issuer = new Issuer();
    await issuer.rotate('first');
    await issuer.listen();
  });
  afterEach(() => issuer.close());

  const authenticate = (token: string) =>
    new JwtAuthenticator(readEnvironment({ JWKS_URL: issuer.url, REQUIRE_AUTH: 'true' })).authenticate({ token });
  const refusal = (refused: Promise<unknown>) =>
    refused.then(
      () => 'none',
      (fault: Fault) => fault.code,
    );

  it('name the user', async () => {
    expect(await authenticate(await issuer.sign('first'))).toEqual({ id: 'ada', expires_at: expect.any(Number) });
  });

  it('are refused when they are unsigned, or signed with the public key', async () => {
    const unsigned = new UnsecuredJWT({ sub: 'ada' }).setExpirationTime('1h').encode();
    expect(await refusal(authenticate(unsigned))).toBe('auth.invalid');
    const text = await exportSPKI(issuer.keys.get('first')!.publicKey);
    const forged = new SignJWT({ sub: 'ada' }).setProtectedHeader({ alg: 'HS256', kid: 'first' });
    const token = await forged.setExpirationTime('1h').sign(new TextEncoder().encode(text));
    expect(await refusal(authenticate(token))).toBe('auth.invalid');
  });

  it('are refused when another key signed them', async () => {
    const other = new Issuer();
    await other.rotate('first');
    expect(await refusal(authenticate(await other.sign('first')))).toBe('auth.invalid');
    await other.rotate('unheard-of');
    expect(await refusal(authenticate(await other.sign('unheard-of')))).toBe('auth.invalid');
  });

  it.each([
    ['that have ended', { exp: '-1m' }, 'auth.expired'],
    ['that are not valid yet', { nbf: '1h', exp: '2h' }, 'auth.invalid'],
    ['of nobody', { sub: '' }, 'auth.invalid'],
  ])('%s are refused', async (_which, claims, code) => {
    expect(await refusal(authenticate(await issuer.sign('first', claims)))).toBe(code);
  });

  it.each([
    ['a fraction of a second', () => Date.now() + 400.5],
    ['a whole second', () => Math.ceil((Date.now() + 400) / 1000) * 1000],
  ])('are valid to the millisecond before %s, and not at it', async (_which, end) => {
    const ends = end();
    const secret = 'a-secret-of-at-least-32-characters';
    const signed = new SignJWT({ sub: 'ada' }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime(ends / 1000);
    const token = await signed.sign(new TextEncoder().encode(secret));
    const authenticator = new JwtAuthenticator(readEnvironment({ JWT_SECRET: secret }));
    const outcomes = new Set<string>();
    for (let asked = 0; asked < ends + 10;) {
      asked = Date.now();
      const code = await refusal(authenticator.authenticate({ token }));
      // A check that began before and ended after may have read the clock on either side.
      if (Date.now() < ends) expect(code).toBe('none');
      if (asked >= ends) expect([code, asked - ends]).toEqual(['auth.expired', asked - ends]);
      outcomes.add(code);
    }
    expect(outcomes).toEqual(new Set(['none', 'auth.expired']));
  });

  it('can be sent again when the issuer’s keys could not be fetched', async () => {
    const token = await issuer.sign('first');
    issuer.isAway = true;
    const refused = await authenticate(token).catch((fault: unknown) => fault as Fault);
    expect(refused).toMatchObject({ code: 'issuer.unavailable', recoverable: true, status: 503 });
  });

  it('are checked with the last known keys while the issuer is away, and with new ones once it has them', async () => {
    const keys = issuerKeys(issuer.url, { cacheMaxAge: 0, cooldownDuration: 0 });
    const check = async (token: string) => (await jwtVerify(token, keys)).payload.sub;
    const first = await issuer.sign('first');
    expect(await check(first)).toBe('ada');
    issuer.isAway = true;
    expect(await check(first)).toBe('ada');
    await issuer.rotate('second');
    const second = await issuer.sign('second');
    expect(await refusal(check(second))).toBe('issuer.unavailable');
    issuer.isAway = false;
    expect(await check(second)).toBe('ada');
    expect(await refusal(check(first))).toBe('ERR_JWKS_NO_MATCHING_KEY');
  });
});

describe('the tenant of a token', () => {
  const secret = 'a-secret-of-at-least-32-characters';
  const userOf = async (claims: Record<string, unknown>, settings: Record<string, string> = {}) => {
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('ada')
      .sign(new TextEncoder().encode(secret));
    return new JwtAuthenticator(readEnvironment({ JWT_SECRET: secret, ...settings })).authenticate({ token });
  };
  const ORG = 'https://yard.example/org';

  it.each([
    [{ tenant: 'acme' }, {}, 'acme'],
    [{ tenant: 42 }, {}, '42'],
    [{ org: 'acme', tenant: 'other' }, { JWT_TENANT_CLAIM: 'org' }, 'acme'],
    [{ [ORG]: 'acme' }, { JWT_TENANT_CLAIM: ORG }, 'acme'],
  ])('of %j with %j is %s', async (claims, settings, tenant) => {
    expect(await userOf(claims, settings as Record<string, string>)).toEqual({ id: 'ada', tenant });
  });

  it.each([{}, { tenant: '' }, { tenant: null }, { tenant: ['acme'] }, { tenant: { id: 'acme' } }, { org: 'acme' }])(
    'is missing in %j',
    async (claims) => {
      expect(await userOf(claims)).toEqual({ id: 'ada' });
    },
  );
});
