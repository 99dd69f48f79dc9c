import type { JoinReply, Position, Reply } from '@switchyard/contract';
import { CRAWL_STATUSES, type CrawlProgress } from '@switchyard/services';
import { startApp, type TestApp } from '../harness/app.js';
import { openSocket, openWs } from '../harness/clients.js';
import { htmlPage, linksTo, startSite, type Site } from '../sites/site.server.js';

describe('a crawl, followed from outside', () => {
  let app: TestApp;
  let site: Site;
  beforeAll(async () => {
    app = await startApp({ CRAWL_ALLOW_PRIVATE: 'true' });
    site = await startSite({ '/stalled': () => undefined, '/': htmlPage('Start', linksTo('/stalled')) });
  });
  afterAll(async () => {
    await app.close();
    await site.close();
  });

  it('reaches a Socket.IO, an old WebSocket and a polling client, and ends the same for all', async () => {
    const socket = await openSocket(app.url, '/crawl').connected();
    const started = await socket.call<Reply<{ progress_id: string }>>('start_crawl', {
      url: `${site.url}/handbook/index.html`,
    });
    if (!started.ok) throw new Error(started.error.code);
    const { progress_id } = started.data;
    const old = openWs(app.url, `/api/crawl-progress/${progress_id}`);
    const joined = await socket.call<Reply<JoinReply<CrawlProgress>>>('join_crawl', { progress_id });
    if (!joined.ok) throw new Error(joined.error.code);
    expect(joined.data).toMatchObject({ room: `crawl_${progress_id}`, recovered: false, snapshot: { progress_id } });

    await socket.waitFor(({ args }) => (args[0] as CrawlProgress).status === 'completed', 'the end');
    const events = socket.received.map(({ args }) => args as [CrawlProgress, Position]);
    const offsets = events.map(([, { offset }]) => offset);
    expect(offsets).toEqual(offsets.map((_, n) => joined.data.offset + n));
    const percentages = events.map(([{ percentage }]) => percentage);
    expect(percentages).toEqual([...percentages].sort((a, b) => a - b));
    const order = events.map(([{ status }]) => CRAWL_STATUSES.indexOf(status));
    expect(order).toEqual([...order].sort((a, b) => a - b));

    const [final] = events.at(-1)!;
    expect(final).toMatchObject({ status: 'completed', percentage: 100 });
    expect(final.processed_pages).toBeGreaterThan(10);
    const frame = JSON.parse(await old.waitFor((text) => text.includes('crawl_completed'))) as { data: object };
    expect(frame.data).toMatchObject({ progressId: progress_id, processedPages: final.processed_pages });
    const poll = await fetch(`${app.url}/realtime/rooms/crawl/${progress_id}`);
    expect(((await poll.json()) as JoinReply).snapshot).toEqual(final);
  });

  it('is started and stopped over REST', async () => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ url: site.url });
    const response = await fetch(`${app.url}/api/crawls`, { method: 'POST', headers, body });
    const { progress_id } = (await response.json()) as { progress_id: string };
    const socket = await openSocket(app.url, '/crawl').connected();
    await socket.call('join_crawl', { progress_id });
    const stopped = await fetch(`${app.url}/api/crawls/${progress_id}`, { method: 'DELETE' });
    expect(await stopped.json()).toEqual({ progress_id, status: 'stopping' });
    await socket.waitFor(({ args }) => (args[0] as CrawlProgress).status === 'cancelled', 'the cancelled crawl');
  });

  it.each([
    ['POST', '/api/crawls', { url: 'ftp://example.com' }, 400, 'input.invalid'],
    ['DELETE', '/api/crawls/nobody-knows', undefined, 404, 'room.not_found'],
  ])('answers %s %s with the body %j by a code', async (method, path, body, status, code) => {
    const response = await fetch(app.url + path, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ error: expect.objectContaining({ code }) });
  });

  it('of a private address is refused by default, with the reason', async () => {
    const guarded = await startApp();
    const socket = await openSocket(guarded.url, '/crawl').connected();
    const started = await socket.call<Reply<{ progress_id: string }>>('start_crawl', { url: site.url });
    await socket.call('join_crawl', (started as { data: object }).data);
    const { args } = await socket.waitFor(({ args }) => (args[0] as CrawlProgress).status === 'error', 'the refusal');
    expect((args[0] as CrawlProgress).error).toMatch(/^unable to crawl .*private/);
    await guarded.close();
  });
});
