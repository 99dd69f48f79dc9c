import { useApp, useBrowser } from './browser.hooks.js';
import type { ConsolePage } from './console.page.js';

describe('the panels of projects in a browser', () => {
  const browser = useBrowser();
  const app = useApp();

  it('plan a project, and show two people each other’s changes to its board', async () => {
    const ada = await browser.open(`${app.url}/#project-creation`);
    await ada.page.getByRole('textbox', { name: 'Title' }).fill('Freight yard');
    await ada.page.getByRole('button', { name: 'Create project' }).click();
    await ada.reaches('completed');
    await ada.page.getByRole('link', { name: 'its board' }).click();
    const grace = await browser.open(`${app.url}/#tasks`);
    for (const { page } of [ada, grace])
      await page.locator('summary', { hasText: 'Sort wagons onto tracks' }).waitFor();
    for (const { page } of [ada, grace]) await page.locator('[data-members]', { hasText: '2' }).waitFor();

    await grace.page.getByLabel('Status of Sign in').selectOption('doing');
    await ada.page.locator('[data-status="doing"] summary', { hasText: 'Sign in' }).waitFor();
    await ada.page.getByRole('textbox', { name: 'New task' }).fill('Paint the shed');
    await ada.page.getByRole('button', { name: 'Add task' }).click();
    await ada.page.getByRole('button', { name: 'Move up Paint the shed' }).click();
    await grace.page.locator('.tasks > li:nth-last-child(2)', { hasText: 'Paint the shed' }).waitFor();
    await grace.page.getByRole('button', { name: 'Archive Paint the shed' }).click();
    await ada.page.locator('.tasks > li', { hasText: 'Paint the shed' }).waitFor({ state: 'detached' });
  });

  it('show both texts to two people who edit one task, and never overwrite one silently', async () => {
    const ada = await browser.open(`${app.url}/#tasks`);
    await ada.page.getByRole('textbox', { name: 'New project' }).fill('Signal box');
    await ada.page.getByRole('button', { name: 'Make project' }).click();
    await ada.page.getByRole('button', { name: 'Add task' }).click();
    await ada.page.getByText('Enter a title.').waitFor();
    await ada.page.getByRole('textbox', { name: 'New task' }).fill('Oil the levers');
    await ada.page.getByRole('button', { name: 'Add task' }).click();
    const grace = await browser.open(`${app.url}/#tasks`);
    const edit = async ({ page }: ConsolePage, description: string) => {
      await page.getByText('Oil the levers').first().click();
      await page.getByRole('button', { name: 'Edit Oil the levers' }).click();
      await page.getByLabel('Description').fill(description);
    };
    const save = (on: ConsolePage, name = 'Save') => on.page.getByRole('button', { name, exact: true }).click();
    await edit(grace, 'With the thin oil.');
    await edit(ada, 'With the thick oil.');
    await save(ada);
    await ada.page.getByText('Version 2').waitFor();
    await grace.page.getByRole('alert').getByText('With the thick oil.').waitFor();
    await save(grace, 'Save mine instead');
    await ada.page.getByText('With the thin oil.').waitFor();
    await ada.page.getByText('Version 3').waitFor();
  });
});
