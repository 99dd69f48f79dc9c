import { Corpus } from '../../src/corpus/index.js';
import { useApp, useBrowser } from './browser.hooks.js';
import type { ConsolePage } from './console.page.js';

const NOTES = Buffer.from('# Retarders\n\nThey squeal when it rains.');
const SETTINGS = { CRAWL_ALLOW_PRIVATE: 'true', RATE_LIMIT_MESSAGES: '0' };

async function put({ page }: ConsolePage, name: string, buffer = NOTES) {
  await page.getByLabel('File: text').setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
  await page.getByRole('button', { name: 'Upload' }).click();
}

describe('the knowledge panel in a browser', () => {
  const browser = useBrowser();
  const app = useApp(SETTINGS);
  const show = (at = '/#knowledge') => browser.open(`${app.url}${at}`);

  it('uploads a file that others see at once, and deletes it only after a confirmation', async () => {
    const [one, other] = [await show('/?wire=socketio#knowledge'), await show('/?wire=legacy#knowledge')];
    await other.page.getByText('Nothing is known yet.').waitFor();
    await put(one, 'notes.md');
    await one.page.getByText('Took in Retarders: 1 chunk,').waitFor();
    const row = other.page.locator('[data-source][data-status="active"]', { hasText: 'file:notes.md' });
    await row.getByText('1 chunk ·').waitFor();
    await row.getByRole('button', { name: 'Delete' }).click();
    await other.page.locator('button:focus', { hasText: 'Keep' }).press('Escape');
    await row.getByRole('button', { name: 'Delete Retarders' }).click();
    await row.getByRole('button', { name: 'Delete for good' }).click();
    await one.page.getByText('Nothing is known yet.').waitFor();
    await one.isFedBy('socketio');
    await other.isFedBy('legacy');
    await one.hasPosition();
  });

  it('shows why a file was refused', async () => {
    const console = await show();
    await put(console, 'notes.zip');
    await console.isTold('upload.unsupported');
  });

  it('shows the source of a crawl as it grows, and refreshes it', async () => {
    const [crawl, console] = [await show('/#crawl'), await show()];
    await crawl.crawlSample();
    const row = console.page.locator('[data-source]', { hasText: '/sample/' });
    await row.getByText('Ready').waitFor();
    await row.getByRole('button', { name: 'Refresh' }).click();
    await row.getByRole('link', { name: 'its crawl' }).click();
    await console.reaches('completed');
  });
});

describe('the knowledge panel with many sources', () => {
  const browser = useBrowser();
  const app = useApp(SETTINGS);

  it('finds sources by their words, turns pages, and keeps both up to date', async () => {
    const corpus = app.app.get(Corpus, { strict: false });
    const add = (n: number) => {
      const source_id = `s${n}`;
      return corpus.openSource({ source_id, url: `https://a.test/${n}`, title: `Source ${n}`, source_type: 'url' });
    };
    for (let n = 1; n <= 51; n += 1) await add(n);
    const console = await browser.open(`${app.url}/#knowledge`);
    const { page } = console;
    await page.getByText('Page 1 of 2').waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('heading', { name: 'Source 1', exact: true }).waitFor();
    await page.locator('[data-source]:only-child').waitFor();
    await add(52);
    await page.getByRole('heading', { name: 'Source 2', exact: true }).waitFor();
    await page.getByLabel('Words in title').fill('source 52');
    await page.getByText('1 found').waitFor();
    await corpus.deleteSource('s52');
    await page.getByText('No source has “source 52”.').waitFor();
    await console.fitsSmallPhone();
  });
});
