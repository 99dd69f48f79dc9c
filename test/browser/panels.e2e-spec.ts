import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceFigures, Stage } from '@switchyard/contract';
import type { Page } from 'playwright-core';
import { changeStage } from '../harness/stage.change.js';
import { until } from '../harness/until.js';
import { useApp, useBrowser } from './browser.hooks.js';
import type { ConsolePage } from './console.page.js';
import { startHeldSite, type HeldSite } from './held.site.js';
import { PageRecording } from './page.recording.js';
import { startSilentServer, type SilentServer } from './silent.server.js';

/** What a person types while the service moves. */
const DRAFT = 'half of a sent';

/** A service's panel with something live in it. */
interface LivePanel {
  service: string;
  /** Starts something that stays unfinished, where the panel does not open with it. */
  begin?(page: Page): Promise<void>;
  /** The name of the field that a person writes in meanwhile. */
  field: string;
  /** The wire of the service before Socket.IO, as the server counts it. */
  old?: string;
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const fill = (page: Page, name: string, text: string) => page.getByRole('textbox', { name, exact: true }).fill(text);

describe('a service that moves under an open panel', () => {
  const browser = useBrowser();
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-suites-'));
  const suites = join(folder, 'suites.json');
  writeFileSync(suites, JSON.stringify({ endless: { program: 'node', args: ['-e', 'setInterval(() => 0, 1000)'] } }));
  const settings: Record<string, string> = { CRAWL_ALLOW_PRIVATE: 'true', TEST_SUITES_FILE: suites };
  let site: HeldSite;
  let silent: SilentServer;
  beforeAll(async () => {
    site = await startHeldSite();
    silent = await startSilentServer();
    settings.MODEL_URL = silent.url;
    settings.WEB_SEARCH_URL = silent.url;
  });
  const app = useApp(settings);
  afterAll(async () => {
    silent.close();
    site.release();
    await site.close();
    rmSync(folder, { recursive: true });
  });

  const panels: LivePanel[] = [
    {
      service: 'crawl',
      field: 'Start page',
      begin: async (page) => {
        await fill(page, 'Start page', site.url);
        await press(page, 'Start crawl');
      },
    },
    {
      service: 'chat',
      field: 'Message',
      begin: async (page) => {
        await fill(page, 'Message', 'Who built the yard?');
        await press(page, 'Send');
        await page.locator('[data-message][data-state="confirmed"]').waitFor();
      },
    },
    {
      service: 'project-creation',
      field: 'Title',
      begin: async (page) => {
        await fill(page, 'Title', 'Freight yard');
        await press(page, 'Create project');
      },
    },
    {
      service: 'tasks',
      field: 'New task',
      begin: async (page) => {
        await fill(page, 'New project', 'Signal box');
        await press(page, 'Make project');
      },
    },
    { service: 'tests', field: 'Only tests with this in their name', begin: (page) => press(page, 'Run') },
    { service: 'mcp-logs', field: 'Search query for the tool', begin: (page) => press(page, 'Start') },
    { service: 'knowledge', field: 'Tags, with commas' },
    {
      service: 'research',
      field: 'Question',
      old: 'root',
      begin: async (page) => {
        await fill(page, 'Question', 'Who invented the hump?');
        await page.getByLabel('Search with').selectOption('web');
        await press(page, 'Start research');
      },
    },
    { service: 'query', field: 'What do you want to know?' },
  ];

  const set = (service: string, stage: Stage) => changeStage(app, service, { stage, force: true });
  const counted = async (service: string) => {
    const headers = { authorization: `Bearer ${app.adminToken}` };
    const response = await fetch(`${app.url}/admin/migration/${service}/figures`, { headers });
    return ((await response.json()) as ServiceFigures).clients;
  };
  /** Waits until the panel names the wire in all places, and the server has the page's connections on that wire only. */
  const isOn = async (console: ConsolePage, service: string, wire: string, counts: string) => {
    await console.isOn(wire);
    await console.isFedBy(wire);
    await until(`${service} on ${counts} only`, async () => {
      const wires = Object.keys(await counted(service));
      return wires.length === 1 && wires[0] === counts;
    });
  };

  it.each(panels)('loses no input and shows no error or false wire: $service', async (panel) => {
    const { service, field, begin, old = 'legacy' } = panel;
    await set(service, 'legacy');
    const console = await browser.open(`${app.url}/#${service}`);
    const { page } = console;
    await begin?.(page);
    await isOn(console, service, 'legacy', old);
    const input = page.locator('input, textarea').and(page.getByLabel(field, { exact: true }));
    await input.fill(DRAFT);
    await page.locator('header [data-state="subscribed"]').waitFor();
    await page.locator('main [aria-busy="true"]').first().waitFor({ state: 'detached' });
    const recording = await PageRecording.of(page);

    await set(service, 'socketio');
    await isOn(console, service, 'socketio', 'socketio');
    expect(await input.inputValue()).toBe(DRAFT);
    await set(service, 'legacy');
    await isOn(console, service, 'legacy', old);

    expect(await page.locator(':focus').inputValue()).toBe(DRAFT);
    expect(await recording.shown()).toMatchObject({
      wires: [
        'on the old wire',
        `${service} moves to Socket.IO`,
        `${service} is now on Socket.IO`,
        `${service} moves to the old wire`,
        `${service} is now on the old wire`,
      ],
      connections: ['subscribed'],
      disturbances: [],
      isSame: true,
    });
  });
});
