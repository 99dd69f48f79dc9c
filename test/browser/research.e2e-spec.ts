import { useApp, useBrowser } from './browser.hooks.js';

describe('the research panel in a browser', () => {
  const browser = useBrowser();
  const app = useApp({ CRAWL_ALLOW_PRIVATE: 'true' });

  it('shows what each engine found, the log and the report, also after a reload', async () => {
    const console = await browser.open(app.url);
    const { page } = console;
    await console.crawlSample();
    await console.show('Research');
    await page.getByLabel('Question').fill('How does a retarder brake a wagon?');
    await page.getByRole('button', { name: 'Start research' }).click();
    await console.reaches('completed');
    const report = page.getByRole('region', { name: 'Report' });
    await report.getByText('retarder').first().waitFor();
    await report.getByRole('link').first().waitFor();
    for (const engine of ['index', 'sites']) {
      await page.locator(`[data-engine="${engine}"] dd`, { hasText: /^[1-9]\d*$/ }).waitFor();
    }
    await page.getByRole('list', { name: 'Log' }).getByText('Writing the report').waitFor();
    await console.isFedBy('legacy');
    await page.reload();
    await report.getByText('retarder').first().waitFor();
    await console.fitsSmallPhone();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await page.getByText('None yet.').waitFor();
  });

  it.each(['legacy', 'socketio'])('is fed by the %s wire when the address asks for it', async (wire) => {
    const console = await browser.open(`${app.url}/?wire=${wire}#research`);
    const { page } = console;
    await page.getByLabel('Question').fill('How does a hump yard sort wagons?');
    await page.getByRole('button', { name: 'Start research' }).click();
    await console.reaches('completed');
    await console.isFedBy(wire);
    await console.hasPosition();
  });

  it('says what is missing, and why a research was refused', async () => {
    const console = await browser.open(`${app.url}/#research`);
    const { page } = console;
    await page.getByLabel('Search with').selectOption('web');
    await page.getByRole('button', { name: 'Start research' }).click();
    await page.getByText('Enter a question.').waitFor();
    await page.getByLabel('Question').fill('Who invented it?');
    await page.getByRole('button', { name: 'Start research' }).click();
    await console.isTold('engine.unavailable');
  });
});
