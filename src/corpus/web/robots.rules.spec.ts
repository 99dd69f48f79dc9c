import { answer } from '../../../test/sites/odd.routes.js';
import { startSite, type Site } from '../../../test/sites/site.server.js';
import { RobotsRules } from './robots.rules.js';
import { WebClient } from './web.client.js';

const never = new AbortController().signal;

describe('robots.txt', () => {
  let site: Site;
  let web: WebClient;

  /** The rules of the site's robots.txt. */
  const read = (text: string | Buffer) => {
    site.set('/robots.txt', answer(200, 'text/plain', text));
    return new RobotsRules(web).for(site.url, never);
  };
  /** Those of the paths that may be read. */
  const allowed = async (text: string | Buffer, ...paths: string[]) => {
    const { allows } = await read(text);
    return paths.filter((path) => allows(site.url + path));
  };

  beforeEach(async () => {
    site = await startSite();
    web = new WebClient({
      allowPrivate: true,
      concurrency: 2,
      maxPageBytes: 5_000_000,
      requestTimeoutMs: 1_000_000,
      userAgent: 'Switchyard',
      retryDelayMs: 10,
    });
  });
  afterEach(async () => {
    await web.close();
    await site.close();
  });

  it.each([
    ['all', 'User-agent: *\nDisallow: /a'],
    ['us', 'User-agent: switchyard\nDisallow: /a\n\nUser-agent: *\nDisallow: /'],
    ['us by a version', 'USER-AGENT : Switchyard/2.0 # that is us\nDisallow:/a'],
    ['us among others', 'User-agent: one\nUser-agent: Switchyard\nUser-agent: two\nDisallow: /a\nAllow: /b'],
    ['us and all at once', 'User-agent: *\n\n# and\nUser-agent: Switchyard\r\nDisallow: /a\rDisallow: /c'],
    [
      'us in two places',
      'User-agent: Switchyard\nDisallow: /x\nUser-agent: *\nDisallow: /\nUser-agent: Switchyard\nDisallow: /a',
    ],
    ['others as well', 'Disallow: /b\nUser-agent: other\nDisallow: /\nCrawl-delay: 9\nUser-agent: *\nDisallow: /a'],
    ['all by a byte order mark', '\uFEFFUser-agent: *\nDisallow: /a'],
    ['patterns', 'User-agent: *\nDisallow: /*a$\nDisallow: /a*b'],
    ['all, and a sitemap between the names', 'User-agent: Switchyard\nSitemap: /s\nUser-agent: x\nDisallow: /a'],
    ['us before a group of others', 'User-agent: Switchyard\nDisallow: /a\nHost: x\n\nUser-agent: x\nDisallow: /b'],
    ['names that objects have', 'User-agent: __proto__\nUser-agent: constructor\nUser-agent: *\nDisallow: /a'],
  ])('is obeyed where it names %s', async (_whom, text) => {
    expect(await allowed(text, '/a', '/b')).toEqual(['/b']);
  });

  it.each([
    ['nobody', 'Disallow: /'],
    ['somebody else', 'User-agent: other\nDisallow: /'],
    ['nothing', ''],
    ['us, and has no rule for us', 'User-agent: *\nDisallow: /\n\nUser-agent: Switchyard'],
    ['no text', '<html><body>Not found: User-agent</body></html>'],
  ])('forbids nothing where it names %s', async (_whom, text) => {
    expect(await allowed(text, '/a', '/b')).toEqual(['/a', '/b']);
  });

  // RFC 9309, 2.2.2 and 2.2.3: octets are compared after unreserved ones are decoded and all others encoded.
  it.each([
    ['/%70rivate', '/private/x'],
    ['/private', '/%70rivate/x'],
    ['/PRIV', '/%50RIV'],
    ['/~joe', '/%7Ejoe/x'],
    ['/~joe', '/%7ejoe/x'],
    ['/%7Ejoe', '/~joe/x'],
    ['/a-b_c.d', '/a%2Db%5Fc%2ed'],
    ['/priv%C3%A9', '/privé/x'],
    ['/privé', '/priv%C3%A9/x'],
    ['/priv%c3%a9', '/privé/x'],
    ['/privà', '/privà'],
    ['/ツ', '/%E3%83%84'],
    ['/%E3%83%84', '/%e3%83%84'],
    ['/😀', '/%F0%9F%98%80'],
    ['/p q', '/p%20q/x'],
    ['/a%2Fb', '/a%2fb'],
    ['/a%2fb', '/a%2Fb'],
    ['/a:b', '/a%3Ab'],
    ["/a'b", '/a%27b'],
    ['/a|b', '/a%7Cb'],
    ['/100%', '/100%25'],
    ['/100%25', '/100%25'],
    ['/foo?baz=http://foo.bar', '/foo?baz=http%3A%2F%2Ffoo.bar'],
    ['/foo?baz=http%3a%2f%2ffoo.bar', '/foo?baz=http://foo.bar'],
    ['/foo?a=%62', '/foo?a=b&c=d'],
    ['/foo?q=é', '/foo?q=%C3%A9'],
    ['/file-with-a-%2A.html', '/file-with-a-*.html'],
    ['/cash-%24', '/cash-$'],
    ['/cash-$-more', '/cash-%24-more'],
    ['/*.php$', '/a/b.php'],
    ['/*%2Ephp$', '/a/b.php'],
    ['/a*é$', '/a/b/%C3%A9'],
    ['/*?*id=', '/a?x=1&id=2'],
    ['*', '/anything'],
  ])('that forbids %s forbids %s', async (rule, path) => {
    expect(await allowed(`User-agent: *\nDisallow: ${rule}\n`, path)).toEqual([]);
  });

  it.each([
    ['/a%2Fb', '/a/b'],
    ['/a/b', '/a%2Fb'],
    ['/private', '/Private'],
    ['/a%3Fb', '/a?b'],
    ['/a?b', '/a%3Fb'],
    ['/x=%26', '/x=&'],
    ['/file-with-a-%2A.html', '/file-with-a-b.html'],
    ['/*.php$', '/a.php?x'],
    ['/cash-%24', '/cash-'],
    ['/100%25', '/100'],
    ['/privé', '/prive'],
  ])('that forbids %s does not forbid %s', async (rule, path) => {
    expect(await allowed(`User-agent: *\nDisallow: ${rule}\n`, path)).toEqual([path]);
  });

  it.each([
    ['/a', '/%61b', '/ab', true],
    ['/%61b', '/a', '/ab', false],
    // As octets the rule with é is the longer one, though not in characters.
    ['/aé', '/a****', '/aé', false],
    ['/a****', '/aé', '/aé', true],
    ['/page', '/pag%65', '/page', true],
  ])('with Disallow: %s and Allow: %s obeys the longer one for %s', async (no, yes, path, may) => {
    expect(await allowed(`User-agent: *\nDisallow: ${no}\nAllow: ${yes}\n`, path)).toEqual(may ? [path] : []);
  });

  it.each([
    ['with a byte order mark', Buffer.from('\ufeffUser-agent: *\nDisallow: /é')],
    ['in UTF-16', Buffer.from('\ufeffUser-agent: *\nDisallow: /é', 'utf16le')],
    ['in UTF-16, big-endian', Buffer.from('\ufeffUser-agent: *\nDisallow: /é', 'utf16le').swap16()],
    ['with ends of lines of the Macintosh', Buffer.from('User-agent: *\rDisallow: /é\r')],
  ])('%s is read correctly', async (_how, text) => {
    expect(await allowed(text, '/%C3%A9', '/b')).toEqual(['/b']);
  });

  it('in Latin-1 matches by its octets', async () => {
    const text = Buffer.from('User-agent: *\nDisallow: /priv\xe9', 'latin1');
    expect(await allowed(text, '/priv%E9', '/priv%C3%A9')).toEqual(['/priv%C3%A9']);
  });

  // One rule for each name and line would make 150 million.
  it('that names very many agents takes no more memory than one that names us', async () => {
    const names = 'User-agent: somebody\n'.repeat(15_000);
    const rules = 'Disallow: /x\n'.repeat(10_000);
    expect(await allowed(`${names}User-agent: *\n${rules}Disallow: /a\n`, '/a', '/b')).toEqual(['/b']);
  });

  it('is read up to the usual limit', async () => {
    const far = `${'#'.repeat(600_000)}\nUser-agent: *\nDisallow: /`;
    expect(await allowed(far, '/a')).toEqual(['/a']);
  });

  it('allows nothing when it has more patterns than each page can be tried against', async () => {
    const { allows, unreadable } = await read(`User-agent: *\nDisallow: /${'*a'.repeat(20_000)}`);
    expect(allows(`${site.url}/b`)).toBe(false);
    expect(unreadable).toMatchObject({ kind: 'unusable', message: 'its robots.txt has too many patterns' });
  });

  it.each([
    ['0.5', 0.5],
    ['86400', 30],
    ['1e300', 30],
    ['Infinity', 30],
    ['-5', undefined],
    ['soon', undefined],
  ])('that asks for a delay of %s s gets one within reason', async (asked, kept) => {
    expect((await read(`User-agent: *\nCrawl-delay: ${asked}`)).crawlDelay).toBe(kept);
  });
});
