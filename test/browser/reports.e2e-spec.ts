import { figuresOf } from '../harness/service.figures.js';
import { until } from '../harness/until.js';
import { useApp, useBrowser } from './browser.hooks.js';

describe('a page in a browser', () => {
  const browser = useBrowser();
  const app = useApp({ CRAWL_ALLOW_PRIVATE: 'true' });

  it('reports what it has seen when it is left', async () => {
    const console = await browser.open(app.url);
    await console.crawlSample();
    const wire = async () => (await figuresOf(app, 'crawl')).totals.wires.socketio!;
    const { deliveries, reported } = await wire();
    expect(deliveries).toBeGreaterThan(0);
    // The first report of a page comes after half a minute.
    expect(reported.events).toBe(0);
    await console.page.goto('about:blank');
    await until('the report', async () => (await wire()).reported.events > 0);
  });
});
