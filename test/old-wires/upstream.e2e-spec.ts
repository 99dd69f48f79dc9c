import { until } from '../harness/until.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';
import { showsExample } from './old.page.js';
import { OldUpstream } from './old.upstream.js';
import { tokens } from './old.wire.server.js';
import { PadPage } from './pad.page.js';
import { PadGateway } from './upstream.example.js';

describe('a bridge to an old server in Python', () => {
  let old: OldUpstream;
  let toys: ToyApp;
  const pages: PadPage[] = [];
  let count = 0;
  let pad: string;
  beforeAll(async () => {
    old = await OldUpstream.start();
    PadGateway.url = old.url;
    toys = await startToys({ authenticate: tokens, providers: [PadGateway] });
  });
  afterAll(async () => {
    await toys.close();
    await old.close();
  });
  beforeEach(() => (pad = `pad-${(count += 1)}`));
  afterEach(() => pages.splice(0).forEach((page) => page.close()));

  const open = (token = 'ada', wire?: string) => {
    const page = new PadPage(toys.url, token, pad, wire);
    pages.push(page);
    return page;
  };
  const add = (amount: number) => old.ask(`add/${pad}`, { text: 'a note', count: amount });

  it('shows a page the state of the old server, and then its events in order', async () => {
    await add(3);
    const page = open();
    await page.shows(3);
    await add(50);
    await page.shows(53);
    expect(page.seen).toEqual(['snapshot 3', ...Array.from({ length: 50 }, (_, at) => at + 4)]);
    const [first, ...rest] = page.positions;
    expect(rest).toEqual(rest.map((_, at) => ({ epoch: first!.epoch, offset: first!.offset + at + 1 })));
  });

  it('has one connection for all pages of a user, with the credentials of that user', async () => {
    const [one, other] = [open(), open('ada', 'sse')];
    await Promise.all([one.shows(0), other.shows(0)]);
    await add(2);
    await Promise.all([one.shows(2), other.shows(2)]);
    const late = open();
    await late.shows(2);
    expect(late.seen).toEqual(['snapshot 2']);
    const { opened } = await old.opened();
    expect(opened.filter(([name]) => name === pad)).toEqual([[pad, 'Bearer ada']]);
  });

  it('makes calls frames of the old server, and answers them with its answers', async () => {
    const [page, other] = [open(), open()];
    await Promise.all([page.shows(0), other.shows(0)]);
    const made = ['one', 'two', 'three'].map((text) => page.client.call('add', { pad_id: pad, text }));
    expect(await Promise.all(made)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    await expect(page.client.call('add', { pad_id: pad, text: 'refuse me' })).rejects.toMatchObject({
      code: 'input.invalid',
      details: { detail: 'no such note' },
    });
    await other.shows(3);
    expect(other.notes).toEqual(['one', 'two', 'three']);
  });

  it('makes a call an HTTP request where the gateway says so', async () => {
    const page = open();
    await page.shows(0);
    expect(await page.client.call('add_many', { pad_id: pad, text: 'more', count: 3 })).toEqual({ count: 3 });
    await page.shows(3);
  });

  it('lets nobody else into the room of a user', async () => {
    await open().shows(0);
    expect(await open('bob').refused()).toMatchObject({ code: 'room.forbidden' });
    const call = open('bob').client.call('add', { pad_id: pad, text: 'mine' });
    await expect(call).rejects.toMatchObject({ code: 'room.forbidden' });
    expect((await old.opened()).opened.filter(([name]) => name === pad)).toHaveLength(1);
  });

  it('refuses a user whom the old server refuses, with its status', async () => {
    expect(await open('eve').refused()).toMatchObject({ code: 'upstream.refused', details: { status: 401 } });
    // And lets in one whom it accepts, as nobody owns the room.
    await open('bob').shows(0);
  });

  it('closes the connection when the credential ends with which it was opened', async () => {
    await open(`ada@${Date.now() + 700}`).shows(0);
    const { open: before } = await old.opened();
    // Long before a room without members is closed.
    await until('the end', async () => (await old.opened()).open === before - 1);
  });

  it('refuses a room whose name would lead to another path', async () => {
    pad = '..';
    expect(await open().refused()).toMatchObject({ code: 'room.not_found' });
  });

  it('skips a frame that it cannot read', async () => {
    const page = open();
    await page.shows(0);
    const raw = (query: object) => old.ask(`raw/${pad}`, { ...query });
    await raw({ text: '{"type":' });
    await raw({ text: '[]' });
    await raw({ hex: 'fffe7b' });
    await raw({ text: '{"type":"note"}{' });
    await raw({ text: '{"type":"__proto__","notes":1}' });
    await add(1);
    await page.shows(1);
    expect(page.seen).toEqual(['snapshot 0', 1]);
  });

  it('is described on its page by this example', () => expect(showsExample('upstream')).toBe(true));
});
