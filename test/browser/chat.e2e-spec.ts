import { STORE, type Store } from '@switchyard/server';
import { startApp, type TestApp } from '../harness/app.js';
import { FaultProxy } from '../harness/fault-proxy.js';
import { ModelServer, type ModelExchange } from '../model/model.server.js';
import { useApp, useBrowser } from './browser.hooks.js';
import { ChatPage } from './chat.page.js';

const QUIET = { RATE_LIMIT_MESSAGES: '0', RATE_LIMIT_JOINS: '0' };

const browser = useBrowser();
const show = (server: string, at?: string) => ChatPage.open(browser, server, at);

describe('the chat panel', () => {
  const app = useApp({ ...QUIET, CRAWL_ALLOW_PRIVATE: 'true' });

  it('says what the agent knows, then answers about a page that was just crawled and links to it', async () => {
    const chat = await show(app.url);
    await chat.page.getByText('The agent answers from what was crawled').waitFor();
    await chat.page.getByRole('link', { name: 'Crawl a site' }).click();
    await chat.console.crawlSample();
    await chat.console.show('Chat');
    await chat.say('How long does a point machine take to throw the blades?');
    await chat.has(2);
    const [asked, answer] = await chat.history();
    expect(asked).toMatchObject({ from: 'User', text: 'How long does a point machine take to throw the blades?' });
    expect(answer).toMatchObject({ from: 'Agent', text: expect.stringContaining('in four seconds') as string });
    const source = chat.page.getByRole('list', { name: 'Cited pages' }).getByRole('link').first();
    expect(await source.getAttribute('href')).toBe(`${app.url}/sample/points.html`);
    expect(await source.getAttribute('rel')).toContain('noopener');
    await chat.console.isFedBy('socketio');
    await chat.console.hasPosition();
  });

  it.each(['legacy', 'polling'])('shows the same answer on the %s wire, and after a reload', async (wire) => {
    const chat = await show(app.url, `/?wire=${wire}#chat`);
    await chat.say('What is a retarder?');
    await chat.has(2);
    const before = await chat.history();
    await chat.page.locator(`[data-wire="${wire}"]`).waitFor();
    await chat.page.reload();
    await chat.has(2);
    expect(await chat.history()).toEqual(before);
  });

  it('keeps the unsent text when the session opens', async () => {
    const chat = await show(app.url, '/?wire=polling#chat');
    let open = (): void => undefined;
    const held = new Promise<void>((resolve) => (open = resolve));
    await chat.page.route('**/realtime/calls/chat/create_session', async (route) => {
      await held;
      await route.continue();
    });
    await chat.say('What is a frog?');
    const { keyboard } = chat.page;
    await keyboard.type('What is ?');
    await keyboard.press('ArrowLeft');
    // A word that an input method has not finished yet.
    const input = await chat.page.context().newCDPSession(chat.page);
    const compose = (text: string) =>
      input.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
    await compose('ポイ');
    open();
    await chat.has(2);
    await compose('ポイント');
    await input.send('Input.insertText', { text: 'ポイント' });
    await keyboard.type(' here');
    expect(await chat.composer.inputValue()).toBe('What is ポイント here?');
    await chat.page.getByRole('link', { name: 'Crawl' }).click();
    await chat.page.getByRole('link', { name: 'Chat' }).click();
    await chat.composer.focus();
    await keyboard.type(' And there?');
    expect(await chat.composer.inputValue()).toBe('What is ポイント here? And there?');
  });

  it('opens the session of a copied link in another tab, and shows there who is typing', async () => {
    const one = await show(app.url);
    await one.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await one.say('What is the hump?');
    await one.has(2);
    await one.page.getByRole('button', { name: 'Copy link' }).click();
    await one.page.getByText('Copied').waitFor();
    const link = await one.page.evaluate<string>('navigator.clipboard.readText()');
    expect(link).toBe(app.url + (await one.address()));
    const other = await show('', link);
    await other.has(2);
    await other.composer.pressSequentially('Who');
    await one.page.getByText('Somebody else is writing').waitFor();
    await other.composer.press('Shift+Enter');
    await other.composer.pressSequentially('braked first?');
    await other.composer.press('Enter');
    await one.page.getByText('Somebody else is writing').waitFor({ state: 'detached' });
    await Promise.all([one.has(4), other.has(4)]);
    expect((await one.history())[2]!.text).toBe('Who\nbraked first?');
    expect(await other.history()).toEqual(await one.history());
  });

  it('keeps a refused message, which can be sent again or discarded', async () => {
    const chat = await show(app.url);
    await chat.say('the first one');
    await chat.has(2);
    const { documents } = app.app.get<Store>(STORE);
    const id = (await chat.address()).replace(/.*\//, '');
    const value = (await documents.get<object>('chat_sessions', id))!;
    await documents.write([{ collection: 'chat_sessions', id, value: null }]);
    const failed = chat.page.locator('[data-message][data-state="failed"]');
    for (const text of ['the second one', 'the third one']) await chat.say(text);
    await failed.nth(1).getByText('session.not_found').waitFor();
    await failed.nth(1).getByRole('button', { name: 'Discard' }).click();
    await documents.write([{ collection: 'chat_sessions', id, value }]);
    await failed.getByRole('button', { name: 'Try again' }).click();
    await chat.has(4);
    expect((await chat.history()).map(({ text }) => text)).toContain('the second one');
    await chat.page.getByText('the third one').waitFor({ state: 'detached' });
  });

  it('says so when a session is unknown, and begins a new one', async () => {
    const chat = await show(app.url, '/#chat/nobody-knows-this-one');
    await chat.console.isTold('session.not_found');
    await chat.page.getByRole('textbox', { name: 'Message', disabled: true }).waitFor();
    await chat.page.getByRole('button', { name: 'Start a new conversation' }).click();
    await chat.page.getByText('The agent answers from what was crawled').waitFor();
    await chat.say('What is a lookout?');
    await chat.has(2);
    expect(await chat.address()).not.toContain('nobody-knows-this-one');
  });
});

describe('the chat panel during an answer', () => {
  let app: TestApp;
  let model: ModelServer;
  let proxy: FaultProxy;
  /** Asks, and returns the answer that the test is to give. */
  const ask = async (chat: ChatPage, text: string): Promise<ModelExchange> => {
    const exchange = model.next();
    await chat.say(text);
    return exchange;
  };

  beforeAll(async () => {
    model = await ModelServer.start();
    app = await startApp({ ...QUIET, MODEL_URL: model.url, PING_INTERVAL_MS: '400', PING_TIMEOUT_MS: '400' });
  });
  beforeEach(async () => {
    proxy = await FaultProxy.to(app.port);
  });
  afterEach(() => proxy.close());
  afterAll(async () => {
    await app.close();
    await model.close();
  });

  it('shows the steps and text of the agent, also to a page that comes in the middle, and stops it', async () => {
    const one = await show(app.url);
    model.answer = (exchange) => exchange.say('Good day.').finish();
    await one.say('Good day');
    await one.has(2);
    const exchange = await ask(one, 'What is a retarder?');
    await one.answering.getByText('found 0 passages on 0 pages').waitFor();
    await one.answering.getByText('Writing the answer').waitFor();
    exchange.say('A brake ').say('beside the rail.');
    await one.answering.getByText('A brake beside the rail.').waitFor();
    const other = await show(app.url, await one.address());
    await other.answering.getByText('A brake beside the rail.').waitFor();
    await other.page.getByRole('button', { name: 'Stop' }).click();
    await exchange.closed;
    for (const { page } of [one, other]) await page.getByText('Stopped.').waitFor();
    await one.answering.waitFor({ state: 'detached' });
    const again = model.next();
    await one.page.getByRole('button', { name: 'Ask again' }).click();
    (await again).say('A brake.').finish();
    await Promise.all([one.has(6), other.has(6)]);
    expect((await other.history()).slice(2).map(({ text }) => text)).toEqual([
      'What is a retarder?',
      'A brake beside the rail.',
      'What is a retarder?',
      'A brake.',
    ]);
  });

  it('reads an answer out by whole sentences', async () => {
    const chat = await show(app.url);
    const exchange = await ask(chat, 'What is a retarder?');
    exchange.say('A brake. It is bes');
    const live = chat.page.locator('[aria-live="polite"]');
    await live.getByText('A brake.').waitFor({ state: 'attached' });
    expect(await live.innerText()).not.toContain('bes');
    exchange.say('ide the rail').finish();
    await live.getByText('It is beside the rail').waitFor({ state: 'attached' });
    expect(await live.locator('p').count()).toBe(2);
  });

  it.each([
    ['cut', () => proxy.cutClean()],
    ['silent', () => proxy.halfOpen()],
  ])('ends with the same history in two tabs, one of which had its cable %s', async (_how, pull) => {
    const [one, other] = [await show(app.url), await show(proxy.url)];
    const exchange = await ask(one, 'What is a retarder?');
    await other.page.goto(proxy.url + (await one.address()));
    exchange.say('A brake ');
    for (const { answering } of [one, other]) await answering.getByText('A brake').waitFor();
    proxy.refuse();
    pull();
    await other.console.isCut();
    exchange.say('beside the ');
    await one.answering.getByText('A brake beside the').waitFor();
    proxy.accept();
    await other.answering.getByText('A brake beside the').waitFor();
    await other.page.locator('header [data-state="subscribed"]').waitFor();
    proxy.refuse();
    pull();
    await other.console.isCut();
    exchange.say('rail.').finish();
    await one.has(2);
    proxy.accept();
    await other.has(2);
    const history = await one.history();
    expect(history.map(({ text }) => text)).toEqual(['What is a retarder?', 'A brake beside the rail.']);
    expect(await other.history()).toEqual(history);
    await other.answering.waitFor({ state: 'detached' });
  });

  it('keeps messages that are written without a connection, and sends them in order, once', async () => {
    model.answer = (exchange) => exchange.say('Yes.').finish();
    const chat = await show(proxy.url);
    await chat.say('zero');
    await chat.has(2);
    const other = await show(app.url, await chat.address());
    proxy.refuse();
    proxy.cutClean();
    await chat.console.isCut();
    await chat.page.getByText('goes out in order').waitFor();
    for (const text of ['one', 'two', 'three']) await chat.say(text);
    const waiting = (await chat.history()).slice(2);
    expect(waiting.map(({ text, state }) => [text, state])).toEqual([
      ['one', 'pending'],
      ['two', 'pending'],
      ['three', 'pending'],
    ]);
    await chat.page.getByText('Waiting for the server').nth(2).waitFor();
    proxy.accept();
    await Promise.all([chat.has(8), other.has(8)]);
    const history = await chat.history();
    expect(history.filter(({ from }) => from === 'User').map(({ text }) => text)).toEqual([
      'zero',
      'one',
      'two',
      'three',
    ]);
    expect(await other.history()).toEqual(history);
  });

  it('stays scrolled to the end, and keeps the unsent text and its cursor', async () => {
    const chat = await show(app.url);
    const exchange = await ask(chat, 'Tell me everything');
    await chat.address();
    await chat.page.keyboard.type('a draft');
    for (let part = 1; part <= 6; part += 1) {
      exchange.say('A line of the answer.\n\n'.repeat(5) + `Part ${part}.\n\n`);
      await chat.answering.getByText(`Part ${part}.`).waitFor();
    }
    await chat.page.getByRole('link', { name: 'Crawl' }).click();
    await chat.page.getByRole('link', { name: 'Chat' }).click();
    expect(await chat.composer.inputValue()).toBe('a draft');
    exchange.say('The end.').finish();
    await chat.has(2);
    await chat.isAtEnd();
    await chat.page.getByRole('button', { name: 'New messages' }).waitFor({ state: 'detached' });
  });

  it('keeps the scroll position of a reader, and takes them to new messages on request', async () => {
    const chat = await show(app.url);
    model.answer = (exchange) => exchange.say(`${'A line of the answer.\n\n'.repeat(40)}The end.`).finish();
    await chat.say('Tell me everything');
    await chat.has(2);
    await chat.isAtEnd();
    await chat.box.evaluate((it) => it.scrollTo(0, 100));
    const other = await show(app.url, await chat.address());
    await other.say('And more');
    const newer = chat.page.getByRole('button', { name: 'New messages' });
    await newer.waitFor();
    await chat.has(4);
    expect(await chat.box.evaluate((it) => it.scrollTop)).toBe(100);
    await newer.click();
    await chat.isAtEnd();
    await newer.waitFor({ state: 'detached' });
  });
});
