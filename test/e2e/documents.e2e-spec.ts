import { setTimeout as pause } from 'node:timers/promises';
import type { CrawlProgress, KnowledgeItem } from '@switchyard/services';
import { QuerySettings } from '../../src/services/query/query.settings.js';
import { startApp, type TestApp } from '../harness/app.js';
import { until } from '../harness/until.js';
import { childrenOf, computed } from '../harness/child.processes.js';
import { JWT_SECRET, userToken } from '../harness/user.token.js';
import { slowPage } from '../sites/hard.documents.js';
import { answer, redirect } from '../sites/odd.routes.js';
import { bombPdf } from '../sites/pdf.file.js';
import { htmlPage, linksTo, startSite, type Site } from '../sites/site.server.js';

const PROGRAM = 'reading.program';
/**
 * The least number of requests that a server answers while it waits for a document that it refuses; one that read it itself
 * would answer none between its beginning and its end.
 */
const ANSWERED = 8;
const ASK_EVERY_MS = 5;
/** Not at once again: the server would have little else to do than to answer. */
const LOOK_EVERY_MS = 50;
/** Enough that a page takes much longer than the limit. */
const SLOW_MB = 4.9;

interface Answer {
  status: number;
  body: KnowledgeItem & { error: { code: string } };
}

describe('documents from outside', () => {
  let app: TestApp;
  const tokens = { ada: '', eve: '' };
  const headers = (user: keyof typeof tokens) => ({ authorization: `Bearer ${tokens[user]}` });
  const upload = async (user: keyof typeof tokens, name: string, content: string | Buffer): Promise<Answer> => {
    const form = new FormData();
    form.append('file', new Blob([content]), name);
    const request = { method: 'POST', headers: headers(user), body: form };
    const response = await fetch(`${app.url}/api/knowledge-items/upload`, request);
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  };
  /** Sends requests until `work` is done, and counts the answers. */
  const askedDuring = async <T>(work: Promise<T>): Promise<{ outcome: T; answered: number }> => {
    let answered = 0;
    let isDone = false;
    const done = work.finally(() => (isDone = true));
    while (!isDone) {
      await (await fetch(`${app.url}/health/live`)).text();
      answered += 1;
      await pause(ASK_EVERY_MS);
    }
    return { outcome: await done, answered };
  };

  beforeAll(async () => {
    app = await startApp({
      ...{ JWT_SECRET, CRAWL_ALLOW_PRIVATE: 'true', LOG_LEVEL: 'fatal' },
      ...{ DOCUMENT_TIMEOUT_MS: '1000', DOCUMENT_MEMORY_MB: '256' },
    });
    [tokens.ada, tokens.eve] = await Promise.all([userToken('ada'), userToken('eve')]);
  });
  afterAll(async () => {
    await app.close();
    expect(childrenOf(process.pid, PROGRAM)).toEqual([]);
  });

  it.each([
    ['take too long', 'slow.html', () => slowPage(SLOW_MB)],
    ['take too much memory', 'bomb.pdf', bombPdf],
    ['take too many objects', 'many.html', () => '<br>'.repeat(2_400_000)],
  ] as const)('that %s are refused with a code, and others are served meanwhile', async (_what, name, content) => {
    const { outcome, answered } = await askedDuring(upload('ada', name, content()));
    expect([outcome.status, outcome.body.error.code]).toEqual([413, 'upload.too_complex']);
    expect(answered).toBeGreaterThan(ANSWERED);
  });

  it('of one user do not delay those of another', async () => {
    const ends: string[] = [];
    const noted = async (end: string, work: Promise<unknown>) => {
      await work;
      ends.push(end);
    };
    // Starts a process for each of them, which would take most of the time on a busy machine.
    await Promise.all([upload('ada', 'first.txt', 'Points.'), upload('eve', 'first.txt', 'Signals.')]);
    const before = new Map(childrenOf(process.pid, PROGRAM).map((pid) => [pid, computed(pid)]));
    const isBegun = () => childrenOf(process.pid, PROGRAM).some((pid) => computed(pid) - (before.get(pid) ?? 0) > 10);
    const slow = [1, 2, 3].map((at) => noted('ada', upload('ada', `slow${at}.html`, slowPage(SLOW_MB))));
    // A large file arrives slowly, so the small one is sent when the first large one is being read.
    await until('the first of them being read', isBegun);
    await Promise.all([...slow, noted('eve', upload('eve', 'notes.txt', 'Points and signals.'))]);
    // Some of ada's files may end while hers arrives; behind all of them, hers would be the last.
    expect(ends).toHaveLength(4);
    expect(ends.at(-1)).toBe('ada');
  });

  it('are refused, to be sent again, when their process is killed', async () => {
    const slow = upload('ada', 'slow.html', slowPage(SLOW_MB));
    let refused = false;
    const outcome = slow.finally(() => (refused = true));
    while (!refused) {
      for (const pid of childrenOf(process.pid, PROGRAM)) process.kill(pid, 'SIGKILL');
      await (await fetch(`${app.url}/health/live`)).text();
    }
    expect((await outcome).body.error).toMatchObject({ code: 'upload.interrupted', recoverable: true });
    expect((await upload('ada', 'notes.txt', 'Points and signals.')).status).toBe(201);
  });

  it('made of very many different words are accepted', async () => {
    const words = Array.from({ length: 20_000 }, (_, at) => `${at.toString(36)}q`).join(' ');
    expect(await upload('ada', 'words.txt', words)).toMatchObject({ status: 201 });
  });

  it('are refused when too many of one user wait', async () => {
    const many = await Promise.all(Array.from({ length: 30 }, (_, at) => upload('ada', `${at}.txt`, `Track ${at}`)));
    const codes = many.map(({ status, body }) => (status === 201 ? 'taken in' : body.error.code));
    expect(new Set(codes)).toEqual(new Set(['taken in', 'upload.busy']));
  });

  describe('found by a crawl', () => {
    const sites: Site[] = [];
    const open = async (...given: Parameters<typeof startSite>) => {
      const site = await startSite(...given);
      sites.push(site);
      return site;
    };
    afterEach(() => Promise.all(sites.splice(0).map((site) => site.close())));

    const post = async (path: string, body: object) => {
      const request = { method: 'POST', headers: { 'content-type': 'application/json', ...headers('ada') } };
      return (await fetch(app.url + path, { ...request, body: JSON.stringify(body) })).json();
    };
    const crawl = async (url: string): Promise<CrawlProgress> => {
      const { data } = (await post('/realtime/calls/crawl/start_crawl', { url })) as { data: { progress_id: string } };
      for (;;) {
        const room = await fetch(`${app.url}/realtime/rooms/crawl/${data.progress_id}`, { headers: headers('ada') });
        const { snapshot } = (await room.json()) as { snapshot: CrawlProgress };
        if (['completed', 'error'].includes(snapshot.status)) return snapshot;
        await pause(LOOK_EVERY_MS);
      }
    };

    it('are skipped with a warning when they take too long, and the other pages are read', async () => {
      const site = await open({
        '/': htmlPage('Yard', linksTo('/slow', '/quick')),
        '/slow': answer(200, 'text/html', slowPage(SLOW_MB)),
        '/quick': htmlPage('Quick', '<p>Points and signals.</p>'),
      });
      const { outcome, answered } = await askedDuring(crawl(site.url));
      expect(outcome).toMatchObject({ status: 'completed', processed_pages: 2 });
      expect(outcome.logs).toContainEqual(
        expect.objectContaining({
          level: 'warning',
          message: `Left out ${site.url}/slow: it takes longer than 1 s to read`,
        }),
      );
      expect(answered).toBeGreaterThan(ANSWERED);
    });

    it('are not read where a redirect leads to a host whose robots.txt forbids them', async () => {
      const forbidden = { '/robots.txt': answer(200, 'text/plain', 'User-agent: *\nDisallow: /%70rivate') };
      const there = await open({ ...forbidden, '/private': htmlPage('Private', '<p>Not for robots.</p>') });
      const here = await open({ '/': redirect(`${there.url}/private`) });
      const { status, error } = await crawl(here.url);
      expect({ status, error }).toEqual({
        status: 'error',
        error: `unable to crawl ${here.url}/; redirected to ${there.url}/private, robots.txt does not allow it`,
      });
      expect(there.requests).toEqual(['/robots.txt']);
    });

    it('are not read again for a query where a redirect leads to what robots.txt forbids', async () => {
      const there = await open({
        '/robots.txt': answer(200, 'text/plain', 'User-agent: *\nDisallow: /private'),
        '/private': htmlPage('Private', '<p>Turntables of the shed.</p>'),
      });
      const here = await open({ '/': htmlPage('Shed', '<p>Turntables of the shed turn engines.</p>') });
      expect((await crawl(here.url)).status).toBe('completed');
      here.set('/', redirect(`${there.url}/private`));
      const settings = app.app.get(QuerySettings, { strict: false });
      // Every page is too old now, so each query reads it again.
      Object.assign(settings, { freshMs: -1 });
      const answered = (await post('/query/stream/shed', { query: 'turntables shed engines' })) as { summary: string };
      expect(answered.summary).toContain('turn engines');
      expect(there.requests).toEqual(['/robots.txt']);
    });
  });
});
