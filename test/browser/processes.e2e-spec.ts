import { useApp, useBrowser } from './browser.hooks.js';

describe('the panels of the MCP server and of the tests, in a browser', () => {
  const browser = useBrowser();
  const app = useApp();

  it('start the MCP server, call its tool, show only errors, and stop it', async () => {
    const console = await browser.open(`${app.url}/#mcp-logs`);
    const { page } = console;
    await page.getByRole('button', { name: 'Start' }).click();
    await console.reaches('running');
    await page.getByLabel('Search query for the tool').fill('retarder');
    await page.getByRole('button', { name: 'Call the tool' }).click();
    await page.locator('.tool-answer').waitFor();
    const lines = console.card.locator('.log li');
    await lines.filter({ hasText: 'search' }).first().waitFor();
    await page.getByLabel('Lines').selectOption('Warnings and errors');
    await console.card.getByText('No such lines.').waitFor();
    await lines.first().waitFor({ state: 'detached' });
    await fetch(`${app.url}/api/mcp/tools/no_such_tool`, { method: 'POST' });
    await lines.filter({ hasText: 'no_such_tool' }).first().waitFor();
    expect(await console.card.locator('.log .level-info').count()).toBe(0);
    await page.getByRole('button', { name: 'Stop' }).click();
    await console.reaches('stopped');
  });

  it('run tests and keep their results across a reload', async () => {
    const console = await browser.open(`${app.url}/#tests`);
    const { page } = console;
    await page.getByLabel('Suite').selectOption('failing-sample');
    await page.getByRole('button', { name: 'Run' }).click();
    await console.reaches('failed');
    await console.card.getByText(/1 failed.*exit code 1/).waitFor();
    await page.reload();
    await console.reaches('failed');
    await console.card.getByRole('button', { name: 'Dismiss' }).click();
    await console.card.waitFor({ state: 'detached' });
  });
});
