import type { JoinReply, Reply } from '@switchyard/contract';
import type { CrawlProgress } from '@switchyard/services';
import { startApp, type TestApp } from '../harness/app.js';
import { slowness } from '../harness/machine.js';
import { NodeProcess } from '../harness/node.process.js';
import { openSocket } from '../harness/clients.js';
import { TestRedis } from '../harness/redis.js';
import { until } from '../harness/until.js';
import { htmlPage, linksTo, startSite, type Site } from '../sites/site.server.js';

const INTERRUPTED = 'interrupted: the server was stopped';

// Separate processes start slowly while other tests run.
jest.setTimeout(120_000);

describe('a crawl on one of two nodes', () => {
  let redis: TestRedis;
  let site: Site;
  let held: (() => void)[];
  let nodes: (TestApp | NodeProcess)[];
  let settings: Record<string, string>;
  beforeEach(async () => {
    redis = await TestRedis.start();
    held = [];
    nodes = [];
    const page = htmlPage('Held', '<p>ballast</p>');
    site = await startSite({
      '/': htmlPage('Start', linksTo('/held')),
      '/held': (_, response) =>
        void held.push(() => response.writeHead(200, { 'content-type': 'text/html' }).end(page)),
    });
    settings = { REDIS_URL: redis.url, CRAWL_ALLOW_PRIVATE: 'true', RUN_LEASE_MS: '2500' };
  });
  afterEach(async () => {
    await Promise.all(nodes.map((node) => node.close()));
    await site.close();
    await redis.stop();
  });

  const answer = () => held.splice(0).forEach((send) => send());
  const running = async <N extends TestApp | NodeProcess>(starting: Promise<N>) => {
    const node = await starting;
    nodes.push(node);
    return node;
  };
  const start = async (url: string) => {
    const socket = await openSocket(url, '/crawl').connected();
    const reply = await socket.call<Reply<{ progress_id: string }>>('start_crawl', { url: site.url });
    if (!reply.ok) throw new Error(reply.error.code);
    return reply.data.progress_id;
  };
  const follow = async (url: string, progress_id: string) => {
    const socket = await openSocket(url, '/crawl').connected();
    await socket.call('join_crawl', { progress_id });
    return {
      seen: () => socket.received.map(({ args }) => args[0] as CrawlProgress),
      until: (status: string) => socket.waitFor(({ args }) => (args[0] as CrawlProgress).status === status, status),
    };
  };
  const stateAt = async (url: string, progress_id: string) => {
    const response = await fetch(`${url}/realtime/rooms/crawl/${progress_id}`);
    return ((await response.json()) as JoinReply<CrawlProgress>).snapshot!;
  };
  const reading = async () => {
    await until('a page that is read', () => held.length > 0);
  };

  it('continues when the other node starts, and ends on both', async () => {
    const a = await running(startApp(settings));
    const progress_id = await start(a.url);
    await reading();
    const b = await running(startApp(settings));
    expect((await stateAt(b.url, progress_id)).status).toBe('crawling');
    const clients = await Promise.all([a, b].map(({ url }) => follow(url, progress_id)));
    answer();
    for (const client of clients) await client.until('completed');
  });

  it('is ended by the other node when its process is killed, for the clients of both', async () => {
    const a = await running(NodeProcess.start(settings));
    const progress_id = await start(a.url);
    await reading();
    const [b, c] = await Promise.all([running(startApp(settings)), running(startApp(settings))]);
    const clients = await Promise.all([b, c].map(({ url }) => follow(url, progress_id)));
    const began = performance.now();
    await a.close();
    for (const client of clients) await client.until('error');
    expect(performance.now() - began).toBeLessThan(5000 * slowness());
    for (const { url } of [b, c]) {
      expect(await stateAt(url, progress_id)).toMatchObject({ status: 'error', error: INTERRUPTED });
    }
    for (const client of clients) {
      expect(client.seen().filter(({ status }) => status === 'error')).toHaveLength(1);
    }
  });

  it('stays ended when the process that counted as dead continues', async () => {
    const a = await running(NodeProcess.start(settings));
    const progress_id = await start(a.url);
    await reading();
    const b = await running(startApp(settings));
    const client = await follow(b.url, progress_id);
    a.freeze();
    await client.until('error');
    a.resume();
    answer();
    await expectIdle(a, b);
    expect(client.seen().at(-1)).toMatchObject({ status: 'error', error: INTERRUPTED });
    expect(await stateAt(a.url, progress_id)).toMatchObject({ status: 'error', error: INTERRUPTED });
  });

  // A whole crawl on the returned node: by its end, any message about the first one has come.
  const expectIdle = async (a: NodeProcess, b: TestApp) => {
    const progress_id = await start(a.url);
    const client = await follow(b.url, progress_id);
    const answering = setInterval(answer, 20);
    await client.until('completed');
    clearInterval(answering);
  };
});

describe('a session on two nodes', () => {
  it('is answered by one node at a time, though each got a question', async () => {
    const redis = await TestRedis.start();
    const nodes = await Promise.all([1, 2].map(() => startApp({ REDIS_URL: redis.url, RUN_LEASE_MS: '2500' })));
    const [a, b] = await Promise.all(nodes.map(({ url }) => openSocket(url, '/chat').connected()));
    const created = await a!.call<Reply<{ session_id: string }>>('create_session', {});
    const { session_id } = (created as { data: { session_id: string } }).data;
    await b!.call('join_session', { session_id });
    await Promise.all(
      [a!, b!].map((socket) => socket.call('send_message', { session_id, message: 'What is ballast?' })),
    );
    const steps = () => b!.received.filter(({ event }) => /^agent_(started|completed)$/.test(event));
    await b!.waitFor(() => steps().length === 4, 'two answers');
    expect(steps().map(({ event }) => event)).toEqual([
      'agent_started',
      'agent_completed',
      'agent_started',
      'agent_completed',
    ]);
    await Promise.all(nodes.map((node) => node.close()));
    await redis.stop();
  });
});
