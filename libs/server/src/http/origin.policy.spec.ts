import { OriginPolicy } from './origin.policy.js';

const policy = new OriginPolicy({
  allowedOrigins: [
    'https://app.example.com',
    'https://*.staging.example.com',
    'http://localhost:*',
    'http://[::1]:3000',
  ],
});

describe('the origin policy', () => {
  it.each([
    'https://app.example.com',
    'https://APP.example.com',
    'https://a.staging.example.com',
    'https://a.b.staging.example.com',
    'http://localhost:5173',
    'http://localhost',
    'http://[::1]:3000',
  ])('allows %s', (origin) => expect(policy.allows(origin)).toBe(true));

  it.each([
    'http://app.example.com',
    'https://app.example.com:8443',
    'https://app.example.com.evil.example',
    'https://evil-app.example.com',
    'https://staging.example.com',
    'https://evilstaging.example.com',
    'https://evil.example/.staging.example.com',
    'http://localhost.evil.example',
    'http://127.0.0.1:3000',
    'https://localhost',
    'https://user@app.example.com',
    'null',
    '',
    'file://',
    'javascript:alert(1)',
    'https://app.example.com/path',
  ])('refuses %s', (origin) => expect(policy.allows(origin)).toBe(false));

  it('allows a request without an origin, which authentication checks', () => {
    expect(policy.allows(undefined)).toBe(true);
  });

  it('allows no origin when none is listed', () => {
    expect(new OriginPolicy({ allowedOrigins: [] }).allows('http://localhost')).toBe(false);
  });

  it.each([
    '*',
    'https://*',
    'https://*.com',
    'app.example.com',
    'https://a.*.com',
    'https://app.example.com/path',
    'ftp://x.example',
  ])('rejects the pattern %s at the start', (pattern) => {
    expect(() => new OriginPolicy({ allowedOrigins: [pattern] })).toThrow(/^unable to read the origin/);
  });
});
