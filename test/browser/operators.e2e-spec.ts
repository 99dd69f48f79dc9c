import type { Route } from 'playwright-core';
import { until } from '../harness/until.js';
import { useApp, useBrowser } from './browser.hooks.js';
import { CrawlOperator } from './crawl.operator.js';

/** The records that a page asks for again and again. */
const RECORDS = /\/admin\/migration$/;

describe('the page of one of several operators', () => {
  const browser = useBrowser();
  const app = useApp();
  const crawl = new CrawlOperator(browser, app);

  it('follows changes that others make, on the page of all services too, and keeps the focus and the draft', async () => {
    const operator = await crawl.openAt('shadow');
    const { page } = operator;
    await operator.console.show('Stages');
    await operator.card('crawl').getByText('Change crawl').click();
    await operator.card('crawl').getByLabel('Move to').selectOption('canary');
    await operator.card('crawl').getByLabel('Reason').fill('half of a reas');
    await crawl.set('canary', { percent: 7, reason: 'by the command line' });
    await operator.card('crawl').getByText('canary (7 %)').waitFor();
    await operator.card('crawl').getByText('by the command line').waitFor();
    expect(await page.locator(':focus').inputValue()).toBe('half of a reas');
    await crawl.set('legacy');
    await operator.isAt('legacy', 'crawl');
    expect(await operator.moves('crawl')).toEqual(['shadow']);
    expect(await page.locator(':focus').inputValue()).toBe('half of a reas');
  });

  it('does not ask while it is hidden, and asks at once when it is shown again', async () => {
    const operator = await crawl.openAt('legacy');
    const { page } = operator;
    const show = (visibility: 'hidden' | 'visible') =>
      page.evaluate((value) => {
        const { document, Event } = globalThis as any;
        Object.defineProperty(document, 'visibilityState', { configurable: true, value });
        document.dispatchEvent(new Event('visibilitychange'));
      }, visibility);
    let asked = 0;
    page.on('request', (request) => void (asked += RECORDS.test(request.url()) ? 1 : 0));
    await until('a question', () => asked > 0);
    await show('hidden');
    const before = asked;
    await crawl.set('shadow');
    // Longer than two rounds: the other page asks meanwhile, this one must not.
    const other = await crawl.open('Grace');
    await other.isAt('shadow');
    for (const stage of ['legacy', 'shadow'] as const) {
      await crawl.set(stage);
      await other.isAt(stage);
    }
    expect(asked).toBe(before);
    await show('visible');
    await operator.isAt('shadow');
  });

  it('makes no move from a state that the operator has not seen', async () => {
    const operator = await crawl.openAt('shadow');
    await operator.page.route(RECORDS, () => undefined);
    await operator.page.route(/\/realtime\/config/, () => undefined);
    await operator.enter('canary', { percent: '50' });
    await crawl.set('legacy', { reason: 'something is wrong' });
    await operator.move();
    const alert = operator.page.getByRole('alert');
    await alert.getByText('Nothing was changed, because ada was faster.').waitFor();
    await alert.getByText('crawl is at legacy now: something is wrong').waitFor();
    await operator.isAt('legacy');
    expect(await operator.moves()).toEqual(['shadow']);
    expect(await crawl.state()).toMatchObject({ stage: 'legacy', reason: 'something is wrong' });
    expect(await operator.card().getByLabel('Reason').inputValue()).toBe('trying it out');
  });

  it('says so when a move is refused, because somebody else was faster by a moment', async () => {
    const operator = await crawl.openAt('shadow');
    let pass: Route | undefined;
    await operator.page.route(/\/admin\/migration\/crawl$/, (route) => {
      if (route.request().method() === 'PUT') pass = route;
      else void route.continue();
    });
    await operator.enter('canary', { percent: '50' });
    await operator.move();
    const put = await until('the order on its way', () => pass);
    await crawl.set('legacy', { reason: 'something is wrong' });
    await put!.continue();
    await operator.page.getByRole('alert').getByText('crawl is at legacy now: something is wrong').waitFor();
    await operator.isAt('legacy');
    expect(await crawl.state()).toMatchObject({ stage: 'legacy' });
  });

  it('puts the brake on the stage that the service has now, whatever the page shows', async () => {
    const operator = await crawl.openAt('shadow');
    await operator.page.route(RECORDS, () => undefined);
    await operator.card().getByLabel('Reason').fill('it answers with errors');
    await crawl.set('socketio');
    await operator.page.getByRole('button', { name: 'Close the new wire' }).click();
    await operator.page.getByText('The new wire of crawl is closed now.').waitFor();
    await operator.isAt('socketio');
    expect(await crawl.state()).toMatchObject({ stage: 'socketio', closed: true });
    await crawl.set('socketio', { closed: false });
  });
});
