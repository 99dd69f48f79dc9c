import { isSameSite, normalizeUrl } from './site.js';

describe('an address', () => {
  it.each([
    ['http://Example.COM', 'http://example.com/'],
    ['http://example.com:80/a', 'http://example.com/a'],
    ['https://example.com:443/a/../b/./c', 'https://example.com/b/c'],
    ['http://example.com/a#part', 'http://example.com/a'],
    ['http://example.com/a?', 'http://example.com/a'],
    ['http://example.com/a?utm_source=x&b=1', 'http://example.com/a?utm_source=x&b=1'],
    ['http://me:secret@example.com/', 'http://example.com/'],
    ['http://bücher.example/', 'http://xn--bcher-kva.example/'],
  ])('%s is normalised to %s', (given, known) => {
    expect(normalizeUrl(given)).toBe(known);
    expect(normalizeUrl(known)).toBe(known);
  });

  it('is normalised alike however many others came before', () => {
    for (let n = 0; n < 20_000; n += 1) normalizeUrl(`http://example.com/${n}`);
    expect(normalizeUrl('http://bücher.example/')).toBe('http://xn--bcher-kva.example/');
  });

  it.each([
    'ftp://example.com/',
    'mailto:a@example.com',
    'javascript:void 0',
    'http://',
    '',
    `http://a/${'x'.repeat(3000)}`,
  ])('%.20s cannot be crawled', (given) => {
    expect(normalizeUrl(given)).toBeUndefined();
  });
});

describe('a site', () => {
  it.each([
    ['http://example.com/', 'https://www.example.com/a', true],
    ['http://example.com:8080/', 'http://www.example.com:8080/', true],
    ['http://example.com/', 'http://example.com:8080/', false],
    ['http://example.com/', 'http://docs.example.com/', false],
    ['http://example.com/', 'http://example.com.evil.example/', false],
  ])('%s and %s are one: %s', (one, other, same) => {
    expect(isSameSite(one, other)).toBe(same);
  });
});
