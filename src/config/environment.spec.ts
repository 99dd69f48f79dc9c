import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adminToken } from './admin-token.js';
import { readEnvironment } from './environment.js';
import { allowedOrigins } from './origins.js';

const SECRET = 'a-secret-of-at-least-32-characters';

describe('the environment', () => {
  it('needs nothing to be set', () => {
    const environment = readEnvironment({});
    expect({ ...environment, host: environment.host, requiresAuth: environment.requiresAuth }).toEqual({
      NODE_ENV: 'development',
      PORT: 8080,
      DATA_DIR: './data',
      JWT_TENANT_CLAIM: 'tenant',
      MAX_CONNECTIONS_PER_USER: 5,
      RATE_LIMIT_MESSAGES: 60,
      RATE_LIMIT_JOINS: 60,
      ROOM_RETENTION_MS: 300_000,
      RETIRE_AFTER_DAYS: 7,
      SHADOW_PERCENT: 10,
      RUN_LEASE_MS: 10_000,
      PRESENCE_GRACE_MS: 15_000,
      PING_INTERVAL_MS: 25_000,
      PING_TIMEOUT_MS: 20_000,
      WATCHDOG_MS: 60_000,
      CRAWL_ALLOW_PRIVATE: false,
      SLO_FILE: 'migration/slo.json',
      DOCUMENT_TIMEOUT_MS: 20_000,
      DOCUMENT_MEMORY_MB: 512,
      LOG_LEVEL: 'log',
      host: '127.0.0.1',
      requiresAuth: false,
    });
  });

  it('reads numbers without an upper bound, 0 for off, and four spellings of a boolean', () => {
    expect(readEnvironment({ RATE_LIMIT_MESSAGES: '100000000', ROOM_RETENTION_MS: '0' })).toMatchObject({
      RATE_LIMIT_MESSAGES: 100_000_000,
      ROOM_RETENTION_MS: 0,
    });
    const flags = ['true', 'false', '1', '0'].map(
      (value) => readEnvironment({ CRAWL_ALLOW_PRIVATE: value }).CRAWL_ALLOW_PRIVATE,
    );
    expect(flags).toEqual([true, false, true, false]);
  });

  it('treats an empty variable as not set', () => {
    expect(readEnvironment({ PORT: '', REDIS_URL: '' }).PORT).toBe(8080);
  });

  it.each([
    ['PORT', 'eighty'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['NODE_ENV', 'test'],
    ['REDIS_URL', 'localhost:6379'],
    ['ROOM_RETENTION_MS', '-5'],
    ['RETIRE_AFTER_DAYS', 'a week'],
    ['SHADOW_PERCENT', '100.5'],
    ['SHADOW_PERCENT', '-1'],
    ['SHADOW_PERCENT', 'half'],
    ['RUN_LEASE_MS', '999'],
    ['PRESENCE_GRACE_MS', '999'],
    ['PING_INTERVAL_MS', '0'],
    ['WATCHDOG_MS', '-1'],
    ['WATCHDOG_MS', '999'],
    ['RATE_LIMIT_JOINS', '1.5'],
    ['CRAWL_ALLOW_PRIVATE', 'yes'],
    ['REQUIRE_AUTH', 'maybe'],
    ['ADMIN_TOKEN', 'short'],
    ['JWT_SECRET', 'short'],
    ['JWT_TENANT_CLAIM', 'a tenant'],
    ['MODEL_URL', 'not a url'],
    ['MODEL_URL', 'https://user:password@model.test/v1'],
    ['WEB_SEARCH_URL', 'https://user@search.test/'],
    ['JWKS_URL', 'https://user:password@keys.test/'],
    ['LOG_LEVEL', 'loud'],
  ])('refuses %s=%s and names the variable', (name, value) => {
    expect(() => readEnvironment({ [name]: value })).toThrow(new RegExp(`unable to start.*\\n.*${name}`));
  });

  it('names every variable that is wrong at once', () => {
    expect(() => readEnvironment({ PORT: 'x', LOG_LEVEL: 'loud' })).toThrow(/PORT.*\n.*LOG_LEVEL|LOG_LEVEL.*\n.*PORT/);
  });

  it('requires authentication in production, and a secret with it', () => {
    expect(() => readEnvironment({ NODE_ENV: 'production' })).toThrow(/JWT_SECRET or JWKS_URL/);
    expect(() => readEnvironment({ NODE_ENV: 'production', JWT_SECRET: SECRET, REQUIRE_AUTH: 'false' })).toThrow(
      /REQUIRE_AUTH/,
    );
    expect(() => readEnvironment({ REQUIRE_AUTH: 'true' })).toThrow(/JWT_SECRET/);
    const environment = readEnvironment({ NODE_ENV: 'production', JWT_SECRET: SECRET });
    expect([environment.requiresAuth, environment.host]).toEqual([true, '0.0.0.0']);
  });

  it('allows origins of this machine in development only', () => {
    expect(allowedOrigins(readEnvironment({ ALLOWED_ORIGINS: 'https://a.example' }))).toContain('https://a.example');
    expect(allowedOrigins(readEnvironment({}))).toContain('http://localhost:*');
    const production = {
      NODE_ENV: 'production',
      JWT_SECRET: SECRET,
      ALLOWED_ORIGINS: 'https://a.example, https://b.example',
    };
    expect(allowedOrigins(readEnvironment(production))).toEqual(['https://a.example', 'https://b.example']);
    expect(allowedOrigins(readEnvironment({ NODE_ENV: 'staging' }))).toEqual([]);
  });
});

describe('the admin token', () => {
  let DATA_DIR: string;
  beforeEach(async () => {
    DATA_DIR = join(await mkdtemp(join(tmpdir(), 'switchyard-')), 'data');
  });
  afterEach(() => rm(join(DATA_DIR, '..'), { recursive: true }));

  it('is generated once in development, and readable by its owner only', async () => {
    const first = adminToken(readEnvironment({ DATA_DIR }))!;
    expect(first).toEqual({ token: expect.stringMatching(/^[\w-]{43}$/), minted: true });
    expect(adminToken(readEnvironment({ DATA_DIR }))).toEqual({ token: first.token, minted: false });
    const file = join(DATA_DIR, 'admin-token');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await readFile(file, 'utf8')).trim()).toBe(first.token);
  });

  it('is not generated elsewhere', () => {
    expect(adminToken(readEnvironment({ DATA_DIR, NODE_ENV: 'staging' }))).toBeUndefined();
  });

  it('is the configured one', () => {
    expect(adminToken(readEnvironment({ DATA_DIR, ADMIN_TOKEN: 'sixteen characters' }))!.token).toBe(
      'sixteen characters',
    );
  });
});
