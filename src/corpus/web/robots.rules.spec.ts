import { answer } from '../../../test/sites/odd.routes.js';
import { startSite, type Site } from '../../../test/sites/site.server.js';
import { RobotsRules } from './robots.rules.js';
import { WebClient } from './web.client.js';

const never = new AbortController().signal;

describe('robots.txt', () => {
  let site: Site;
  let web: WebClient;

  /** What the site's robots.txt says of its addresses. */
  const read = (text: string) => {
    site.set('/robots.txt', answer(200, 'text/plain', text));
    return new RobotsRules(web).for(site.url, never);
  };
  /** The paths of these that may be read. */
  const allowed = async (text: string, ...paths: string[]) => {
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
    ['names that objects have', 'User-agent: __proto__\nUser-agent: constructor\nUser-agent: *\nDisallow: /a'],
  ])('is kept to where it names %s', async (_whom, text) => {
    expect(await allowed(text, '/a', '/b')).toEqual(['/b']);
  });

  it.each([
    ['nobody', 'Disallow: /'],
    ['somebody else', 'User-agent: other\nDisallow: /'],
    ['nothing', ''],
    ['no text', '<html><body>Not found: User-agent</body></html>'],
  ])('forbids nothing where it names %s', async (_whom, text) => {
    expect(await allowed(text, '/a', '/b')).toEqual(['/a', '/b']);
  });

  // A rule for each name and line would be 150 million.
  it('that names very many takes no more memory than one that names us', async () => {
    const names = 'User-agent: somebody\n'.repeat(15_000);
    const rules = 'Disallow: /x\n'.repeat(10_000);
    expect(await allowed(`${names}User-agent: *\n${rules}Disallow: /a\n`, '/a', '/b')).toEqual(['/b']);
  });

  it('is read as far as everybody reads it', async () => {
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
