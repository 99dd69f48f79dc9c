import { gzipSync } from 'node:zlib';
import { answer, busy, stalled } from '../../../test/sites/odd.routes.js';
import { htmlPage, startSite, type Route, type Site } from '../../../test/sites/site.server.js';
import { WebClient } from './web.client.js';

const never = new AbortController().signal;
const everything = () => true;

const SETTINGS = {
  allowPrivate: true,
  concurrency: 2,
  maxPageBytes: 10_000,
  requestTimeoutMs: 20_000,
  userAgent: 'Switchyard',
  retryDelayMs: 10,
};

describe('the web client', () => {
  let site: Site;
  let web: WebClient;
  const get = (path: string, signal = never) => web.get(`${site.url}${path}`, signal, everything);

  beforeEach(async () => {
    site = await startSite({ '/': htmlPage('Start', '') });
    web = new WebClient(SETTINGS);
  });
  afterEach(async () => {
    await web.close();
    await site.close();
  });

  it('refuses a body that is too large, announced, not announced or compressed', async () => {
    const large = Buffer.alloc(20_000, 'x');
    site.set('/announced', answer(200, 'text/html', large, { 'content-length': '20000' }));
    site.set('/chunked', (_request, response) => {
      for (let part = 0; part < 4; part += 1) response.write(large.subarray(0, 5000));
      response.end();
    });
    site.set('/packed', answer(200, 'text/html', gzipSync(large), { 'content-encoding': 'gzip' }));
    for (const path of ['/announced', '/chunked', '/packed']) {
      await expect(get(path)).rejects.toMatchObject({ kind: 'unusable', message: 'it is larger than 0.0 MB' });
    }
  });

  it('reads a body that is just small enough', async () => {
    site.set('/fits', answer(200, 'text/html', gzipSync(Buffer.alloc(10_000, 'x')), { 'content-encoding': 'gzip' }));
    expect((await get('/fits')).body).toHaveLength(10_000);
  });

  it('does not wait forever', async () => {
    await web.close();
    web = new WebClient({ ...SETTINGS, requestTimeoutMs: 200 });
    site.set('/never', () => undefined);
    site.set('/stalled', stalled);
    for (const path of ['/never', '/stalled']) {
      await expect(get(path)).rejects.toMatchObject({ kind: 'temporary', message: 'it took longer than 0.2 s' });
    }
  });

  it('tries once more when the connection is dropped', async () => {
    let drops = 1;
    const drop: Route = (request, response) => {
      if ((drops -= 1) >= 0) request.socket.destroy();
      else response.end('at last');
    };
    site.set('/drops', drop);
    expect((await get('/drops')).body.toString()).toBe('at last');
    drops = 2;
    await expect(get('/drops')).rejects.toMatchObject({ kind: 'temporary' });
  });

  it('waits as long as a busy server asks, in seconds, as a date or without a value', async () => {
    for (const [path, header] of [
      ['/a', '0'],
      ['/b', new Date(0).toUTCString()],
      ['/c', undefined],
      ['/d', 'soon'],
    ] as const) {
      site.set(path, busy(1, 429, header));
      expect(await get(path)).toMatchObject({ status: 200 });
    }
    site.set('/later', busy(1, 503, '31'));
    expect(await get('/later')).toMatchObject({ status: 503 });
  });

  it('makes few requests at once to one host, for all callers together', async () => {
    const waiting: (() => void)[] = [];
    const paths = Array.from({ length: 6 }, (_, n) => `/pair${n}`);
    for (const path of paths) {
      site.set(path, (_request, response) => {
        waiting.push(() => response.end('done'));
        if (waiting.length === 2) for (const go of waiting.splice(0)) go();
      });
    }
    await Promise.all(paths.map((path) => get(path)));
    expect(site.peak).toBe(2);
  });

  it('stops waiting for its turn when it is aborted', async () => {
    const { host } = new URL(site.url);
    web.hosts.setDelay(host, 60_000);
    await get('/');
    const abort = new AbortController();
    const given = get('/', abort.signal);
    abort.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    expect(site.requests).toEqual(['/']);
  });

  it('sends no request to a host while that is paused', async () => {
    const { host } = new URL(site.url);
    web.hosts.pause(host, 50);
    const begun = performance.now();
    await Promise.all([get('/'), get('/')]);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(49);
  });
});
