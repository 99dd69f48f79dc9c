import { Crawler } from '../../../test/sites/crawler.js';
import { htmlPage, linksTo, startSite, type Routes, type Site } from '../../../test/sites/site.server.js';

const paths = (many: number) => Array.from({ length: many }, (_, at) => `/p${at}`);

describe('the walk through a site', () => {
  const sites: Site[] = [];
  const crawlers: Crawler[] = [];
  afterEach(async () => {
    await Promise.all(crawlers.splice(0).map((made) => made.close()));
    await Promise.all(sites.splice(0).map((site) => site.close()));
  });

  async function crawl(routes: Routes, settings: ConstructorParameters<typeof Crawler>[0], max_pages: number) {
    const site = await startSite(routes);
    sites.push(site);
    const made = new Crawler(settings);
    crawlers.push(made);
    await made.begin();
    const end = await made.crawl({ url: `${site.url}/`, max_pages });
    return { site, made, end };
  }

  it('stops soon after it holds the maximal amount of text', async () => {
    const text = `<p>${'ballast '.repeat(200)}</p>`;
    const routes: Routes = { '/': htmlPage('Start', linksTo(...paths(300))) };
    for (const path of paths(300)) routes[path] = htmlPage(path, text);
    const { site, end } = await crawl(routes, { maxCharacters: 10_000 }, 300);
    expect(end.status).toBe('completed');
    expect(end.logs.some(({ message }) => message.includes('more text than one crawl may hold'))).toBe(true);
    expect(end.processed_pages).toBeLessThan(60);
    expect(site.requests.length).toBeLessThan(60);
  });

  it('takes the pages in the order of their links, even if there are many', async () => {
    const routes: Routes = { '/': htmlPage('Start', linksTo(...paths(120))) };
    for (const path of paths(120)) routes[path] = htmlPage(path, `<p>ballast</p>${linksTo('/p0', `${path}/deep`)}`);
    for (const path of paths(120)) routes[`${path}/deep`] = htmlPage('Deep', '<p>gravel</p>');
    const { site, end } = await crawl(routes, {}, 131);
    expect(end).toMatchObject({ status: 'completed', processed_pages: 131, total_pages: 131 });
    const asked = new Set(site.requests.filter((path) => path !== '/' && path !== '/robots.txt'));
    expect(asked).toEqual(new Set([...paths(120), ...paths(10).map((path) => `${path}/deep`)]));
  });
});
