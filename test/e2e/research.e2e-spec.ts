import { mkdtemp, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Realtime } from '@switchyard/client';
import type { RealtimeConfig } from '@switchyard/contract';
import { STORE, type Store } from '@switchyard/server';
import { firstValueFrom, lastValueFrom, shareReplay } from 'rxjs';
import {
  foldResearch,
  research,
  type ResearchProgress,
  type ResearchReport,
  type ResearchState,
} from '@switchyard/services';
import { ResearchService } from '../../libs/services/research/research.client.js';
import { Corpus } from '../../src/corpus/index.js';
import { pollingWire } from '../conformance/polling.wire-client.js';
import { startApp, type TestApp } from '../harness/app.js';
import { openSocket } from '../harness/clients.js';
import type { TestSocket } from '../harness/test-socket.js';
import { until } from '../harness/until.js';
import { startSite, type Site } from '../sites/site.server.js';
import { startHeldWeb } from '../sites/web.search.js';

const TEXT = 'A retarder is a brake that belongs to the track. Beams press against the wheels.';
const QUESTION = 'What is a retarder?';

describe('a research', () => {
  let app: TestApp;
  let site: Site;
  const sites: Site[] = [];

  const open = async (environment: Record<string, string> = {}) => {
    app = await startApp({ CRAWL_ALLOW_PRIVATE: 'true', ...environment });
    const corpus = app.app.get(Corpus, { strict: false });
    const url = `${site.url}/retarders`;
    await corpus.openSource({ source_id: 'yard', url, title: 'Yard', source_type: 'url' });
    const chunks = [{ heading: '', text: TEXT, word_count: 15 }];
    await corpus.putPage({ source_id: 'yard', url, title: 'Retarders', text_length: TEXT.length, chunks });
  };
  const start = async (request: object) => {
    const socket = await openSocket(app.url, '/research', { auth: { sdk: 'test' } }).connected();
    const reply = await socket.call<{ ok: true; data: { research_id: string } }>('start_research', request);
    expect(reply).toMatchObject({ ok: true });
    const { research_id } = reply.data;
    expect(await socket.call('subscribe_to_research', { research_id })).toMatchObject({ ok: true });
    return { socket, research_id };
  };
  const status = async (id: string) => {
    const response = await fetch(`${app.url}/api/research/${id}/status`);
    return (await response.json()) as ResearchState;
  };
  /** The final state of a research, however it ends, even before this call. */
  const outcome = async (id: string): Promise<ResearchState> => {
    const state = await until('an outcome', async () => {
      const now = await status(id);
      return ['completed', 'failed', 'cancelled'].includes(now.status) && now;
    });
    return state as ResearchState;
  };
  /** A search engine that answers with this status. */
  const failingEngine = async (code: number) => {
    const engine = await startSite();
    sites.push(engine);
    const answer = (_request: unknown, response: ServerResponse) => void response.writeHead(code).end();
    engine.set(`/?q=${encodeURIComponent(QUESTION).replace(/%20/g, '+')}&format=json`, answer);
    return engine.url;
  };

  beforeEach(async () => {
    site = await startSite();
    sites.push(site);
  });
  afterEach(async () => {
    await app.close();
    await Promise.all(sites.splice(0).map((opened) => opened.close()));
  });

  it('asks every engine, reads its results, and reports', async () => {
    await open();
    site.set('/retarders', '<title>Retarders</title><p>A retarder is now a magnet under the track.</p>');
    const { research_id } = await start({ query: QUESTION });
    const state = await outcome(research_id);
    expect(state).toMatchObject({
      status: 'completed',
      progress: 100,
      phases: ['planning', 'searching', 'reading', 'writing'],
      engines: [
        { engine: 'index', result_count: 1 },
        { engine: 'sites', result_count: 1 },
      ],
    });
    const { title, content, sources, engines } = state.report!;
    expect(title).toBe(QUESTION);
    expect(content).toContain('A retarder is now a magnet under the track.');
    expect(sources).toEqual([{ url: `${site.url}/retarders`, title: 'Retarders' }]);
    expect(engines).toEqual(state.engines);
  });

  it.each([
    [429, 'rate_limit'],
    [500, 'connection'],
  ])('continues without an engine that answers %i, and reports why', async (code, type) => {
    await open({ WEB_SEARCH_URL: await failingEngine(code) });
    const { research_id } = await start({ query: QUESTION });
    const state = await outcome(research_id);
    expect(state).toMatchObject({ status: 'completed', engines: [{ engine: 'index' }, { engine: 'sites' }] });
    expect(state.error).toEqual({ type, message: expect.stringMatching(/^unable to /), help: expect.any(String) });
    expect(state.log.find(({ message }) => message.startsWith('Nothing from the web'))).toMatchObject({
      type: 'warning',
    });
  });

  it('has all its events so far in its snapshot, up to the latest line', async () => {
    const web = await startHeldWeb();
    await open({ WEB_SEARCH_URL: web.url, CRAWL_ALLOW_PRIVATE: 'true' });
    const { research_id } = await start({ query: 'retarders', engines: ['web'] });
    await web.asked('retarders', 1);
    const poll = () => pollingWire(research).connect(app.url);
    const begun = await poll().join(research_id);
    for (let page = 1; page <= 3; page += 1) {
      web.release('retarders');
      await web.asked('retarders', page + 1);
      const { events } = await poll().join(research_id, { epoch: begun.epoch, offset: begun.offset });
      const folded = events!.reduce(
        (state, event) => foldResearch(state, event as never),
        begun.snapshot as ResearchState,
      );
      expect((await poll().join(research_id)).snapshot).toEqual(folded);
      expect(folded.log.length).toBeGreaterThan((begun.snapshot as ResearchState).log.length);
    }
    await web.close();
  });

  it('fails with a typed error when no engine answers', async () => {
    await open({ WEB_SEARCH_URL: 'http://127.0.0.1:1/' });
    const { research_id } = await start({ query: QUESTION, engines: ['web'] });
    expect(await outcome(research_id)).toMatchObject({ status: 'failed', error: { type: 'connection' } });
  });

  it('refuses a web search without a configured engine', async () => {
    await open();
    const socket = await openSocket(app.url, '/research').connected();
    const refused = await socket.call('start_research', { query: QUESTION, engines: ['web'] });
    expect(refused).toMatchObject({ error: { code: 'engine.unavailable', details: { engines: ['index', 'sites'] } } });
    expect(await socket.call('start_research', { query: QUESTION, engines: ['oracle'] })).toMatchObject({
      error: { code: 'input.invalid' },
    });
    expect(await socket.call('subscribe_to_research', { research_id: '' })).toMatchObject({
      error: { code: 'input.invalid' },
    });
  });

  it('quotes its pages when the model fails', async () => {
    await open({ MODEL_URL: 'http://127.0.0.1:1/v1' });
    const { research_id } = await start({ query: QUESTION, engines: ['index'] });
    const state = await outcome(research_id);
    expect(state).toMatchObject({ status: 'completed', error: { type: 'connection' } });
    expect(state.report!.content).toContain('A retarder is a brake');
  });

  it('can be stopped', async () => {
    const web = await startHeldWeb();
    await open({ WEB_SEARCH_URL: web.url });
    const { socket, research_id } = await start({ query: 'retarders', engines: ['web'] });
    await web.asked('retarders', 1);
    expect(await socket.call('stop_research', { research_id })).toMatchObject({ data: { stopping: true } });
    expect(await outcome(research_id)).toMatchObject({ status: 'cancelled', engines: [{ engine: 'web' }] });
    expect(await socket.call('stop_research', { research_id: 'x' })).toMatchObject({
      error: { code: 'room.not_found' },
    });
    await web.close();
  });

  it('that died with its process is over after the next start', async () => {
    const DATA_DIR = await mkdtemp(join(tmpdir(), 'research-'));
    await open({ DATA_DIR });
    const state = {
      research_id: 'r',
      query: 'q',
      status: 'in_progress',
      progress: 20,
      phases: [],
      engines: [],
      log: [],
    };
    const store = app.app.get<Store>(STORE, { strict: false });
    await store.documents.write([{ collection: 'researches', id: 'r', value: { state } }]);
    await app.close();
    await open({ DATA_DIR });
    expect(await status('r')).toMatchObject({
      status: 'failed',
      progress: 20,
      error: { message: expect.stringContaining('interrupted') },
    });
    await app.close();
    await rm(DATA_DIR, { recursive: true });
  });

  describe('on the root namespace', () => {
    const subscribe = async (join: string, payload: unknown): Promise<TestSocket> => {
      const socket = await openSocket(app.url).connected();
      socket.socket.emit(join, payload);
      return socket;
    };

    it.each([
      ['subscribe_to_research', (research_id: string) => ({ research_id })],
      ['join', (research_id: string) => research_id],
    ])('is requested by %s, and sends its events under their old names', async (join, payload) => {
      const web = await startHeldWeb();
      await open({ WEB_SEARCH_URL: web.url });
      const { socket, research_id } = await start({ query: 'retarders', engines: ['web'] });
      await web.asked('retarders', 1);
      const old = await subscribe(join, payload(research_id));
      const [now] = await old.next<[ResearchProgress]>(`progress_${research_id}`);
      expect(now).toMatchObject({ research_id, status: 'in_progress', phase: 'reading' });
      web.release('retarders', true);
      await socket.next('research_completed');
      const isEnd = ({ args }: { args: unknown[] }) => (args[0] as ResearchProgress).status === 'completed';
      const { event, args } = await old.waitFor(isEnd, 'the end');
      expect([event, ...args]).toEqual([
        `progress_${research_id}`,
        { research_id, status: 'completed', progress: 100 },
      ]);
      await old.next(`research_progress_${research_id}`);
      const names = new Set(old.received.map((received) => received.event));
      expect([...names].sort()).toEqual([`progress_${research_id}`, `research_progress_${research_id}`]);
      await web.close();
    });

    it('refuses a request without an id, and lets one wait for an unknown id', async () => {
      await open();
      const old = await subscribe('join', '');
      old.socket.emit('join', { research_id: 'later' });
      old.socket.emit('leave', {});
      const { research_id } = await start({ query: QUESTION });
      old.socket.emit('join', research_id);
      await old.waitFor(({ args }) => (args[0] as ResearchProgress).status === 'completed', 'the end');
      const isOwn = ({ event }: { event: string }) => event.endsWith(research_id);
      expect(old.received.filter(isOwn)).not.toEqual([]);
      // Two requests had no id.
      const others = old.received.filter((one) => !isOwn(one));
      expect(others.map(({ event, args }) => [event, (args[0] as { code: string }).code])).toEqual(
        Array(2).fill(['service_error', 'input.invalid']),
      );
    });

    it('is followed there by our client, up to the report that the old wire never sent, also after a move', async () => {
      const web = await startHeldWeb();
      await open({ WEB_SEARCH_URL: web.url });
      const config = (await (await fetch(`${app.url}/realtime/config`)).json()) as RealtimeConfig;
      config.services.research!.wire = 'legacy';
      const realtime = new Realtime({ url: app.url, config });
      const researches = new ResearchService(realtime);
      const research_id = await researches.start({ query: 'retarders', engines: ['web'] });
      const state$ = researches.follow(research_id).pipe(shareReplay(1));
      await firstValueFrom(state$);
      expect(realtime.stats().wires).toEqual({ research: 'legacy' });
      await web.asked('retarders', 1);
      await researches.connection.switchTo('socketio');
      web.release('retarders');
      await web.asked('retarders', 2);
      await researches.connection.switchTo('legacy');
      web.release('retarders', true);
      const { status: ended, report } = await lastValueFrom(state$);
      expect(ended).toBe('completed');
      expect(report).toEqual((await status(research_id)).report);
      expect(realtime.stats()).toMatchObject({ wires: { research: 'legacy' }, reconnects: 0 });
      realtime.close();
      await web.close();
    });

    it('sends nothing more after a leave, nor once it is retired', async () => {
      const web = await startHeldWeb();
      await open({ WEB_SEARCH_URL: web.url });
      const { socket, research_id } = await start({ query: 'retarders', engines: ['web'] });
      await web.asked('retarders', 1);
      const old = await subscribe('join', research_id);
      await old.next(`research_progress_${research_id}`);
      old.socket.emit('leave', research_id);
      const change = await fetch(`${app.url}/admin/migration/research`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${app.adminToken}` },
        body: JSON.stringify({ stage: 'retired', reason: 'a test', force: true }),
      });
      expect(change.status).toBe(200);
      old.socket.emit('join', research_id);
      expect(await old.next('service_error')).toMatchObject([{ code: 'service.retired' }]);
      const before = old.received.length;
      web.release('retarders', true);
      const [{ report }] = await socket.next<[{ report: ResearchReport }]>('research_completed');
      expect(report.engines).toEqual([{ engine: 'web', result_count: 5 }]);
      expect(old.received).toHaveLength(before);
      await web.close();
    });
  });
});
