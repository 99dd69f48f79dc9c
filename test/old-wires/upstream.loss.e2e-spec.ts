import { openSocket } from '../harness/clients.js';
import { until } from '../harness/until.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';
import { OldUpstream } from './old.upstream.js';
import { tokens } from './old.wire.server.js';
import { PadPage } from './pad.page.js';
import { QuickPads } from './quick.pads.js';
import { PadGateway } from './upstream.example.js';

describe('a bridge whose old server is lost', () => {
  let old: OldUpstream;
  let toys: ToyApp;
  const pages: PadPage[] = [];
  let count = 0;
  let pad: string;
  beforeAll(async () => {
    old = await OldUpstream.start();
    PadGateway.url = old.url;
    toys = await startToys({ authenticate: tokens, providers: [QuickPads] });
  });
  afterAll(async () => {
    await toys.close();
    await old.close();
  });
  beforeEach(() => (pad = `lost-${(count += 1)}`));
  afterEach(async () => {
    pages.splice(0).forEach((page) => page.close());
    await old.ask('mood', { silent: false, deaf: false, status: 0, code: 0 });
    await until('that nothing is open', async () => (await old.opened()).open === 0);
  });

  const open = (token = 'ada') => {
    const page = new PadPage(toys.url, token, pad);
    pages.push(page);
    return page;
  };
  const add = (amount: number) => old.ask(`add/${pad}`, { text: 'a note', count: amount });
  const connections = async () => (await old.opened()).opened.filter(([name]) => name === pad).length;
  /** The answer to one poll of the room. */
  const poll = async (token = 'ada') => {
    const headers = { Authorization: `Bearer ${token}` };
    const response = await fetch(`${toys.url}/realtime/rooms/pads/${pad}`, { headers });
    return { status: response.status, ...((await response.json()) as { error: { code: string; details?: object } }) };
  };

  it('tells the members, refuses calls, and gives every member the new state in a new epoch when it is back', async () => {
    const page = open();
    const plain = await openSocket(toys.url, '/pads', { auth: { token: 'ada' } }).connected();
    await plain.call('join_pad', { pad_id: pad });
    await page.shows(0);
    await add(5);
    await page.shows(5);
    const stream = old.ask(`add/${pad}`, { text: 'a note', count: 10_000, pause: 0.005 }).catch(() => 'cut');
    await until('a part of the stream', () => page.notes.length > 20);
    await old.kill();
    await stream;
    const away = await until('the loss', () => page.told.find(({ status }) => status === 'away'));
    expect(away).toMatchObject({ service: 'pads', room: `pad_${pad}`, retry_in_ms: expect.any(Number) as number });
    await expect(page.client.call('add', { pad_id: pad, text: 'x' })).rejects.toMatchObject({
      code: 'upstream.unavailable',
      recoverable: true,
    });
    expect(await poll()).toMatchObject({ status: 502, error: { code: 'upstream.unavailable' } });
    const before = page.positions.at(-1)!;
    const seen = page.seen.length;
    await old.restart();
    await until('the return', () => page.told.at(-1)?.status === 'back');
    await add(30);
    await page.shows(30);
    // Whatever part of them the first snapshot has, the others follow it.
    const [first, ...rest] = page.seen.slice(seen);
    const from = Number(/^snapshot (\d+)$/.exec(String(first))?.[1]);
    expect(rest).toEqual(Array.from({ length: 30 - from }, (_, at) => from + at + 1));
    expect(page.positions.at(-1)!.epoch).not.toBe(before.epoch);
    // A client without positions gets the new state by the service's own snapshot event, and then what follows it.
    const shown = () => {
      const from = plain.received.findLastIndex(({ event }) => event === 'pad');
      const [snapshot, ...later] = plain.received.slice(from);
      const { notes } = snapshot!.args[0] as { notes: unknown[] };
      return notes.length + later.filter(({ event }) => event === 'note').length;
    };
    await until('the new notes at the other client', () => shown() === 30);
    await plain.close();
  });

  it('makes a call that was refused while it was away, when it is made again', async () => {
    const page = open();
    await page.shows(0);
    old.proxy.refuse();
    old.proxy.cutClean();
    await until('the loss', () => page.told.some(({ status }) => status === 'away'));
    const make = async () => {
      const headers = { Authorization: 'Bearer ada', 'Content-Type': 'application/json' };
      const body = JSON.stringify({ pad_id: pad, text: 'again', correlation_id: `call of ${pad}` });
      return (await fetch(`${toys.url}/realtime/calls/pads/add`, { method: 'POST', headers, body })).json();
    };
    expect(await make()).toMatchObject({ ok: false, error: { code: 'upstream.unavailable' } });
    old.proxy.accept();
    await until('the return', () => page.told.at(-1)?.status === 'back');
    expect(await make()).toEqual({ ok: true, data: { n: 1 } });
    expect(await make()).toEqual({ ok: true, data: { n: 1 } });
    await page.shows(1);
  });

  it('says of a call without an answer that its outcome is unknown', async () => {
    const page = open();
    await page.shows(0);
    await old.ask('mood', { deaf: true });
    const call = (text: string) => page.client.call('add', { pad_id: pad, text });
    await expect(call('late')).rejects.toMatchObject({
      code: 'call.outcome_unknown',
      details: { reason: 'the old server did not answer in time' },
    });
    const cut = call('cut');
    await page.shows(2);
    old.proxy.cutClean();
    await expect(cut).rejects.toMatchObject({
      code: 'call.outcome_unknown',
      details: { reason: 'the connection to the old server was lost' },
    });
    expect(page.notes.slice(0, 2)).toEqual(['late', 'cut']);
  });

  it.each<[string, object, number, object]>([
    [
      'sends nothing',
      { silent: true },
      502,
      { code: 'upstream.unavailable', details: { reason: 'there was no snapshot within 500 ms' } },
    ],
    ['knows no such pad', { status: 404 }, 403, { code: 'upstream.refused', details: { status: 404 } }],
    ['is overloaded', { status: 503 }, 502, { code: 'upstream.unavailable', details: { status: 503 } }],
    [
      'accepts and then closes with 4403',
      { code: 4403 },
      403,
      { code: 'upstream.refused', details: { close_code: 4403 } },
    ],
    [
      'accepts and then closes with 1011',
      { code: 1011 },
      502,
      { code: 'upstream.unavailable', details: { close_code: 1011 } },
    ],
  ])('refuses a join with a code where the old server %s', async (_what, mood, status, error) => {
    await old.ask('mood', Object.fromEntries(Object.entries(mood)));
    expect(await poll()).toMatchObject({ status, error });
  });

  it('notices an old server that is silent for ever, and opens another connection', async () => {
    const page = open();
    await page.shows(0);
    old.proxy.halfOpen();
    await until('the loss', () => page.told.some(({ status }) => status === 'away'));
    await until('the return', () => page.told.at(-1)?.status === 'back');
    await add(1);
    await page.shows(1);
    old.proxy.cutClean();
  });

  it('opens another connection after a frame that is too large', async () => {
    const page = open();
    await page.shows(0);
    await old.ask(`raw/${pad}`, { size: 200_000 });
    await until('the return', () => page.told.at(-1)?.status === 'back');
    await add(1);
    await page.shows(1);
    expect(await connections()).toBe(2);
  });

  it('keeps the connection of a room for a moment without members, and then closes it', async () => {
    const first = open();
    await first.shows(0);
    first.close();
    await open().shows(0);
    expect(await connections()).toBe(1);
    pages.forEach((page) => page.close());
    await until('the end', async () => (await old.opened()).open === 0);
    await add(1);
    await open().shows(1);
    expect(await connections()).toBe(2);
  });

  it('shares a room that the gateway says is everybody’s', async () => {
    pad = `shared-${count}`;
    const [ada, bob] = [open(), open('bob')];
    await Promise.all([ada.shows(0), bob.shows(0)]);
    await add(1);
    await Promise.all([ada.shows(1), bob.shows(1)]);
    expect(await connections()).toBe(1);
  });
});
