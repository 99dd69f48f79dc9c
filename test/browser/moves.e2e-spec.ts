import type { Stage } from '@switchyard/contract';
import { changeStage } from '../harness/stage.change.js';
import { useApp, useBrowser } from './browser.hooks.js';
import { startHeldSite, type HeldSite } from './held.site.js';
import { PageRecording } from './page.recording.js';

describe('a page during a move', () => {
  const browser = useBrowser();
  const app = useApp({ CRAWL_ALLOW_PRIVATE: 'true' });
  let site: HeldSite;
  const set = (stage: Stage) => changeStage(app, 'crawl', { stage, force: true });

  beforeEach(async () => {
    site = await startHeldSite();
    await set('legacy');
  });
  afterEach(async () => {
    site.release();
    await site.close();
  });

  it('says so and follows, there and back, without a reload, a flicker or a lost word', async () => {
    const console = await browser.open(app.url);
    const { page } = console;
    await console.startCrawl(site.url);
    await console.reaches('crawling');
    await page.locator('header [data-state="subscribed"]').waitFor();
    await page.setViewportSize({ width: 1280, height: 300 });
    await page.getByLabel('Start page').fill('https://example.org/half-typed');
    await page.evaluate(() => (globalThis as any).scrollTo(0, 40));
    const recording = await PageRecording.of(page);
    const { scrolled } = await recording.shown();
    expect(scrolled).toBeGreaterThan(0);

    await set('socketio');
    await console.isOn('socketio');
    await console.isFedBy('socketio');
    await set('legacy');
    await console.isOn('legacy');
    await console.isFedBy('legacy');

    const moves = [
      'crawl moves to Socket.IO',
      'crawl is now on Socket.IO',
      'crawl moves to the old wire',
      'crawl is now on the old wire',
    ];
    expect(await recording.shown()).toEqual({
      wires: ['on the old wire', ...moves],
      announcements: moves,
      connections: ['subscribed'],
      disturbances: [],
      isSame: true,
      scrolled,
    });
    expect(await page.locator('input:focus').inputValue()).toBe('https://example.org/half-typed');
    // The note ends by itself; the wire stays.
    await page.getByText('on the old wire', { exact: true }).waitFor();
    site.release();
    await console.reaches('completed');
    await console.card.getByText('last wire').waitFor();
  });

  it('names the wire in the card of the stage too, which never disagrees for long', async () => {
    const console = await browser.open(app.url);
    await console.startCrawl(site.url);
    await console.reaches('crawling');
    for (const [stage, wire, word] of [
      ['socketio', 'socketio', 'Socket.IO'],
      ['legacy', 'legacy', 'the old wire'],
    ] as const) {
      await set(stage);
      await console.isOn(wire);
      const card = console.page.locator(`[data-stage="${stage}"]`);
      await card.getByText(`The server advises this client to use ${word}`).waitFor();
      await card.getByText(`This page uses ${word}.`).waitFor();
    }
  });

  it('stays on the wire that its tab forces, and announces no move', async () => {
    // An operator's page asks for the stages every two seconds, a visitor's every ten.
    const console = await browser.open(`${app.url}/?wire=legacy#token=${app.adminToken}`);
    await console.startCrawl(site.url);
    await console.reaches('crawling');
    const recording = await PageRecording.of(console.page);
    await set('socketio');
    await console.page.locator('[data-advised="socketio"]').waitFor();
    await console.page.getByText('This page uses the old wire, as this tab forces it.').waitFor();
    const { wires, announcements } = await recording.shown();
    expect({ wires, announcements }).toEqual({ wires: ['on the old wire'], announcements: [] });
  });

  it('with nothing open finds its wire by itself', async () => {
    const console = await browser.open(`${app.url}/#token=${app.adminToken}`);
    site.release();
    await console.startCrawl(site.url);
    await console.reaches('completed');
    await console.isOn('legacy');
    await set('socketio');
    await console.isOn('socketio');
  });
});
