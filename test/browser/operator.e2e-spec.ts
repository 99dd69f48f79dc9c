import { openWs } from '../harness/clients.js';
import { useApp, useBrowser } from './browser.hooks.js';
import { CrawlOperator } from './crawl.operator.js';

describe('an operator in a browser', () => {
  const browser = useBrowser();
  const app = useApp();
  const crawl = new CrawlOperator(browser, app);

  it('offers the moves that are legal, and no others', async () => {
    const operator = await crawl.openAt('legacy');
    expect(await operator.moves()).toEqual(['shadow']);
    await operator.moveTo('shadow');
    expect(await operator.moves()).toEqual(['legacy', 'canary']);
    await operator.moveTo('canary', { percent: '5' });
    expect(await operator.moves()).toEqual(['legacy', 'shadow', 'canary', 'socketio']);
    await operator.moveTo('socketio');
    expect(await operator.moves()).toEqual(['legacy', 'shadow', 'canary', 'retired']);
  });

  it('refuses a canary without a readable percentage at its field, and sends nothing', async () => {
    const operator = await crawl.openAt('shadow');
    const { page } = operator;
    const sent: string[] = [];
    page.on('request', (request) => request.method() === 'PUT' && sent.push(request.url()));
    const percent = operator.card().getByLabel('Canary %');
    await operator.enter('canary');
    for (const [typed, problem] of [
      ['', 'Enter the percentage of clients that use Socket.IO.'],
      ['five', 'Enter a number from 0 to 100, for example 5 or 2.5.'],
      ['101', 'Enter a number from 0 to 100, for example 5 or 2.5.'],
      ['0.0001', 'Enter at most three decimals.'],
    ] as const) {
      await percent.fill(typed);
      await operator.move();
      await page.getByText(problem).waitFor();
      expect(await percent.getAttribute('aria-invalid')).toBe('true');
      await operator.card().locator('input[name="percent"]:focus').waitFor();
    }
    expect(sent).toEqual([]);
    expect(await crawl.state()).toMatchObject({ stage: 'shadow' });
    await percent.fill('0');
    await percent.press('Enter');
    await operator.isAt('canary');
    // The field is gone, and the focus is not lost with it.
    await operator.card().locator('select[name="stage"]:focus').waitFor();
    expect(await crawl.state()).toMatchObject({ stage: 'canary', percent: 0 });
  });

  it('asks for a reason and a stage', async () => {
    const operator = await crawl.openAt('shadow');
    await operator.move();
    await operator.page.getByText('Enter a reason; it is recorded with the change.').waitFor();
    await operator.page.getByText('Choose a stage.').waitFor();
    await operator.card().locator('input[name="reason"]:focus').waitFor();
  });

  it('retires a service only with its name typed, and against open connections only by force', async () => {
    const operator = await crawl.openAt('socketio');
    const old = openWs(app.url, '/api/crawl-progress/nobody?client_id=old-client-0000001');
    await old.opened();
    await operator.enter('retired', { confirmation: 'crawls' });
    await operator.move();
    await operator.page.getByText('Type crawl to retire it.').waitFor();
    await operator.enter('retired', { confirmation: 'crawl' });
    await operator.move();
    await operator.console.isTold('stage.in_use');
    expect(await crawl.state()).toMatchObject({ stage: 'socketio' });
    await operator.page.getByLabel('Retire it although its old wire is in use').check();
    await operator.move();
    await operator.isAt('retired');
    expect(await operator.moves()).toEqual(['socketio']);
    await operator.moveTo('socketio');
  });

  it('closes the new wire in an emergency, and opens it again', async () => {
    const operator = await crawl.openAt('socketio');
    const press = (name: string) => operator.page.getByRole('button', { name }).click();
    await press('Close the new wire');
    await operator.page.getByText('Enter a reason; it is recorded with the change.').waitFor();
    await operator.card().getByLabel('Reason').fill('it answers with errors');
    await press('Close the new wire');
    await operator.page.getByText('The new wire of crawl is closed now.').waitFor();
    await operator.card().getByText('Every client is sent to the old wire').waitFor();
    await operator.card().locator('[data-advised="legacy"]').waitFor();
    await operator.card().locator('button:focus', { hasText: 'Open the new wire' }).waitFor();
    expect(await crawl.state()).toMatchObject({ stage: 'socketio', closed: true, reason: 'it answers with errors' });
    await operator.card().getByLabel('Reason').fill('it is mended');
    await press('Open the new wire');
    await operator.card().locator('[data-advised="socketio"]').waitFor();
    expect(await crawl.state()).toMatchObject({ closed: false });
  });

  it('holds a service: says by whom and why, offers no promotion, and clears the hold', async () => {
    const operator = await crawl.openAt('canary', { percent: 5 });
    const press = (name: string) => operator.page.getByRole('button', { name }).click();
    await operator.card().getByLabel('Reason').fill('the figures are bad');
    await press('Hold');
    await operator.card().locator('[data-held]', { hasText: 'By ada' }).getByText('the figures are bad').waitFor();
    expect(await operator.moves()).toEqual(['legacy', 'shadow', 'canary']);
    await operator.enter('canary', { percent: '6' });
    await operator.move();
    await operator.page.getByText('crawl is held: enter at most 5.').waitFor();
    await operator.moveTo('shadow', { reason: 'to be safe' });
    // Who moved it last is somebody else's concern; the hold keeps its own reason.
    await operator.card().locator('[data-held]').getByText('the figures are bad').waitFor();
    await operator.card().getByLabel('Reason').fill('mended');
    await press('Clear the hold');
    await operator.card().locator('[data-held]').waitFor({ state: 'detached' });
    await operator.card().locator('button:focus', { hasText: 'Hold' }).waitFor();
    expect(await operator.moves()).toEqual(['legacy', 'canary']);
  });

  it('counts the clients on each wire', async () => {
    const operator = await crawl.openAt('legacy');
    await operator.card().getByText('No client is connected now.').waitFor();
    const count = (wire: string) => operator.card().locator(`[data-clients="${wire}"] dd`);
    const olds = [1, 2].map(() => openWs(app.url, '/api/crawl-progress/nobody'));
    await Promise.all(olds.map((old) => old.opened()));
    await count('legacy').getByText('2', { exact: true }).waitFor();
    await olds[0]!.close();
    await count('legacy').getByText('1', { exact: true }).waitFor();
  });

  it('fits a small phone with the form of a change open', async () => {
    const operator = await crawl.openAt('socketio');
    await operator.enter('retired', { confirmation: 'no' });
    await operator.move();
    await operator.console.fitsSmallPhone();
  });
});
