import type { ServerResponse } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { STORE, type Store } from '@switchyard/server';
import type { QueryResult, QueryState, QueryStep } from '@switchyard/services';
import { Corpus, type Page } from '../../src/corpus/index.js';
import { startApp, type TestApp } from '../harness/app.js';
import { openSocket, openWs } from '../harness/clients.js';
import type { TestSocket } from '../harness/test-socket.js';
import { htmlPage, startSite, type Site } from '../sites/site.server.js';

const QUESTION = 'What is a retarder?';
const TEXT = 'A retarder is a brake that belongs to the track. Beams press against the wheels.';

describe('queries', () => {
  let app: TestApp;
  let site: Site;

  const ask = (ws_id: string, query: string, headers: Record<string, string> = {}) =>
    fetch(`${app.url}/query/stream/${ws_id}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });
  const answer = async (ws_id: string, query: string) => (await (await ask(ws_id, query)).json()) as QueryResult;
  const corpus = () => app.app.get(Corpus, { strict: false });
  const index = async (url: string, text = TEXT): Promise<Page> => {
    await corpus().openSource({ source_id: 'yard', url, title: 'Yard', source_type: 'url' });
    const chunks = [{ heading: '', text, word_count: 15 }];
    return corpus().putPage({ source_id: 'yard', url, title: 'Retarders', text_length: text.length, chunks });
  };
  /** A page that was last read long ago. */
  const indexStale = async (url: string) => {
    const page = await index(url);
    const stale = { ...page, fetched_at: '2020-01-01T00:00:00.000Z' };
    await app.app.get<Store>(STORE, { strict: false }).documents.write([corpus().pages.put(stale)]);
  };
  const follow = async (ws_id: string): Promise<TestSocket> => {
    const socket = await openSocket(app.url, '/query', { auth: { sdk: 'test' } }).connected();
    expect(await socket.call('join_query', { ws_id })).toMatchObject({ ok: true });
    return socket;
  };
  const stepsOf = (socket: TestSocket) =>
    socket.received.filter(({ event }) => event === 'query_step').map(({ args }) => args[0] as QueryStep);

  beforeEach(async () => {
    site = await startSite();
    app = await startApp({ CRAWL_ALLOW_PRIVATE: 'true' });
  });
  afterEach(async () => {
    await app.close();
    await site.close();
  });

  it('are answered step by step, and the whole result goes to the caller', async () => {
    await index(`${site.url}/retarders`);
    const socket = await follow('w');
    const result = await answer('w', QUESTION);
    expect(result).toEqual({
      from_cache: false,
      summary: expect.stringContaining('A retarder is a brake that belongs to the track.'),
      urls_found: 1,
      processing_time_s: expect.any(Number),
      sources: [{ url: `${site.url}/retarders`, title: 'Retarders' }],
    });
    const [completed] = await socket.next('query_completed');
    expect(completed).toEqual(result);
    const names = stepsOf(socket).map(({ step }) => step);
    expect(names).toEqual(['validating', 'similarity', 'searching', 'scraping', 'summarizing', 'done']);
    expect(site.requests).toEqual([]);
  });

  it('similar to an earlier one get its answer, until the index changes', async () => {
    await index(`${site.url}/retarders`);
    const first = await answer('w1', QUESTION);
    const socket = await follow('w2');
    const second = await answer('w2', 'Please explain: what are retarders?');
    expect(second).toEqual({ ...first, from_cache: true, processing_time_s: expect.any(Number) });
    await socket.next('query_completed');
    expect(stepsOf(socket).map(({ step }) => step)).toEqual(['validating', 'similarity', 'cache_hit', 'done']);
    expect(await answer('w3', 'Where are signals?')).toMatchObject({ from_cache: false });
    await corpus().deleteSource('yard');
    expect(await answer('w4', QUESTION)).toMatchObject({ from_cache: false, urls_found: 0 });
  });

  it('read pages again that might have changed', async () => {
    await indexStale(`${site.url}/retarders`);
    site.set('/retarders', htmlPage('Retarders', '<p>A retarder is now a magnet under the track.</p>'));
    const { summary } = await answer('w', QUESTION);
    expect(summary).toContain('A retarder is now a magnet under the track.');
    expect(summary).not.toContain('brake');
  });

  it('use the indexed page when it cannot be read again, and report that', async () => {
    await indexStale(`${site.url}/gone`);
    const socket = await follow('w');
    expect(await answer('w', QUESTION)).toMatchObject({ urls_found: 1, summary: expect.stringContaining('brake') });
    await socket.next('query_completed');
    expect(stepsOf(socket).filter(({ failed }) => failed)).toMatchObject([
      { step: 'scraping', info: `${site.url}/gone is used as it was indexed: it answers 404` },
    ]);
  });

  it('continue without an earlier answer when the cache cannot be read', async () => {
    await index(`${site.url}/retarders`);
    const { documents } = app.app.get<Store>(STORE, { strict: false });
    const list = documents.list.bind(documents);
    documents.list = (collection) =>
      collection === 'query_answers' ? Promise.reject(new Error('torn page')) : list(collection);
    const socket = await follow('w');
    app.app.useLogger(false);
    expect(await answer('w', QUESTION)).toMatchObject({ urls_found: 1, summary: expect.stringContaining('brake') });
    await socket.next('query_completed');
    expect(stepsOf(socket).filter(({ failed }) => failed)).toMatchObject([{ step: 'similarity' }]);
  });

  it('without a word to search for fail with a reason and help', async () => {
    const socket = await follow('w');
    const response = await ask('w', 'what is it?');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'query.empty' } });
    const [failure] = await socket.next('query_failed');
    expect(failure).toEqual({ reason: expect.stringMatching(/^unable to run the query; /), help: expect.any(String) });
    const state = await follow('w').then((late) => late.call('join_query', { ws_id: 'w' }));
    expect(state).toMatchObject({ data: { snapshot: { status: 'failed', failure } } });
  });

  it('run one at a time in a room, and end as interrupted with their process', async () => {
    const held: ServerResponse[] = [];
    let arrived = () => {};
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    await indexStale(`${site.url}/held`);
    site.set('/held', (_request, response) => {
      held.push(response);
      arrived();
    });
    const first = ask('w', QUESTION);
    await arrival;
    expect(await (await ask('w', QUESTION)).json()).toMatchObject({ error: { code: 'query.busy' } });
    await app.close();
    expect(await (await first).json()).toMatchObject({ error: { code: 'query.interrupted' } });
  });

  it('that died with their process are over after the next start', async () => {
    const DATA_DIR = await mkdtemp(join(tmpdir(), 'query-'));
    const running: QueryState = { ws_id: 'w', status: 'running', steps: [] };
    const before = await startApp({ DATA_DIR });
    const store = before.app.get<Store>(STORE, { strict: false });
    await store.documents.write([{ collection: 'queries', id: 'w', value: { state: running } }]);
    await before.close();
    const after = await startApp({ DATA_DIR });
    const reply = (await (await fetch(`${after.url}/realtime/rooms/query/w`)).json()) as { snapshot: QueryState };
    await after.close();
    await rm(DATA_DIR, { recursive: true });
    expect(reply.snapshot).toMatchObject({
      status: 'failed',
      failure: { reason: expect.stringContaining('interrupted') },
    });
  });

  it('of a user are shown to nobody else, not even to a client that waits in the room', async () => {
    const JWT_SECRET = 'a-secret-of-at-least-32-characters';
    const guarded = await startApp({ JWT_SECRET });
    const token = await new SignJWT()
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('ada')
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(JWT_SECRET));
    const stranger = await openSocket(guarded.url, '/query').connected();
    await stranger.call('join_query', { ws_id: 'w' });
    const owner = await openSocket(guarded.url, '/query', { auth: { token } }).connected();
    await owner.call('join_query', { ws_id: 'w' });
    await owner.call('run_query', { ws_id: 'w', query: QUESTION });
    await owner.next('query_completed');
    expect(await stranger.call('join_query', { ws_id: 'w' })).toMatchObject({ error: { code: 'room.forbidden' } });
    expect(stranger.received.map(({ event }) => event)).not.toContain('query_completed');
    await guarded.close();
  });

  it('send their steps to old clients in flat frames', async () => {
    await index(`${site.url}/retarders`);
    const old = await openWs(app.url, '/ws/status/w').opened();
    expect(await old.next()).toBe('{"type":"connected","message":"WebSocket connected"}');
    await answer('w', QUESTION);
    expect(await old.next()).toMatch(
      /^\{"step":"validating","timestamp":"\d{4}-[^"]+Z","label":"Checking the query"\}$/,
    );
    await old.waitFor((frame) => frame.startsWith('{"step":"done","timestamp":'), 'the end');
  });
});
