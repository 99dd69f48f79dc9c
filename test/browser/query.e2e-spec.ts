import { useApp, useBrowser } from './browser.hooks.js';

describe('the query panel in a browser', () => {
  const browser = useBrowser();
  const app = useApp({ CRAWL_ALLOW_PRIVATE: 'true' });

  it('shows each step and the answer with its pages, then the same answer from the cache', async () => {
    const console = await browser.open(`${app.url}/?wire=socketio`);
    const { page } = console;
    await console.crawlSample();
    await console.show('Query');
    await page.getByText('Nothing yet. The answer is taken from').waitFor();

    const ask = async (text: string) => {
      await page.getByLabel('What do you want to know?').fill(text);
      // While one is being answered the next is not taken.
      await page.getByRole('button', { name: 'Ask', exact: true, disabled: false }).click();
    };
    await ask('How long does a point machine take to throw the blades?');
    await page.getByText('in four seconds').first().waitFor();
    const sources = page.getByRole('list', { name: 'Cited pages' });
    await sources.locator(`a[href="${app.url}/sample/points.html"]`).waitFor();
    const steps = page.getByRole('list', { name: 'Log' });
    for (const step of ['Checking the query', 'Searching the index', 'Done']) await steps.getByText(step).waitFor();
    await console.isFedBy('socketio');

    await page.reload();
    await console.reaches('completed');
    await ask('How long does a point machine take to throw blades?');
    await page.getByText('from cache').waitFor();
    await steps.getByText('Found an earlier answer').waitFor();
    await ask('???');
    await page.getByRole('alert').getByText('it has no word that can be looked for').waitFor();
    await console.fitsSmallPhone();
    await page.getByRole('button', { name: 'Start over' }).click();
    await console.reaches('idle');
  });
});
