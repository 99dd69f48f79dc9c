import type { KnowledgeItem, KnowledgePage } from '@switchyard/services';
import { Corpus, TextIndex } from '../../src/corpus/index.js';
import { startApp, type TestApp } from '../harness/app.js';
import { openSocket, openWs } from '../harness/clients.js';
import { pdf } from '../sites/pdf.file.js';
import { startSite, type Site } from '../sites/site.server.js';

describe('the knowledge base', () => {
  let app: TestApp;
  let site: Site;
  const api = () => `${app.url}/api/knowledge-items`;
  const find = (query: string) => app.app.get(TextIndex, { strict: false }).search(query);

  const upload = async (name: string, text: string | Buffer, fields: Record<string, string> = {}) => {
    const form = new FormData();
    for (const [field, value] of Object.entries(fields)) form.append(field, value);
    form.append('file', new Blob([text]), name);
    const response = await fetch(`${api()}/upload`, { method: 'POST', body: form });
    return { status: response.status, body: (await response.json()) as KnowledgeItem & { error: { code: string } } };
  };
  const get = async (query: string) => (await (await fetch(`${api()}?${query}`)).json()) as KnowledgePage;
  const crawled = async (update_frequency_days = 7) => {
    const source_id = 'handbook';
    await app.app.get(Corpus, { strict: false }).openSource({
      source_id,
      url: `${site.url}/handbook/`,
      title: 'Handbook',
      source_type: 'url',
      crawl_limits: { max_pages: 2, max_depth: 1 },
      update_frequency_days,
    });
    return source_id;
  };

  beforeAll(async () => {
    site = await startSite();
    app = await startApp({ CRAWL_ALLOW_PRIVATE: 'true' });
  });
  afterEach(async () => {
    const { items } = await get('per_page=100');
    for (const { source_id } of items) await fetch(`${api()}/${source_id}`, { method: 'DELETE' });
    expect(await get('')).toMatchObject({ total: 0 });
  });
  afterAll(async () => {
    await app.close();
    await site.close();
  });

  it.each([
    ['notes.txt', 'Retarders\n\nThey squeal when it rains.', 'Retarders', 'text/plain'],
    ['notes.md', '# Brakes\n\nThey squeal when it rains.', 'Brakes', 'text/markdown'],
    ['notes.html', '<title>Beams</title><p>They squeal when it rains.', 'Beams', 'text/html'],
    ['notes.pdf', pdf('They squeal when it rains.'), 'Brakes', 'application/pdf'],
  ])('accepts %s, and finds its text', async (name, text, title, file_type) => {
    const { status, body } = await upload(name, text, { tags: 'yard, brakes', knowledge_type: 'business' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ title, url: `file:${name}` });
    expect(body.metadata).toMatchObject({
      source_type: 'file',
      status: 'active',
      file_name: name,
      file_type,
      tags: ['yard', 'brakes'],
      knowledge_type: 'business',
      chunks_count: 1,
    });
    expect(find('squeal')).toMatchObject([{ source_id: body.source_id }]);
  });

  it.each([
    ['../../etc/notes.txt', 'notes.txt'],
    ['C:\\Users\\ada\\notes.txt', 'notes.txt'],
    [`${'n'.repeat(300)}.txt`, `${'n'.repeat(196)}.txt`],
  ])('names a file that comes as %j without a folder', async (given, name) => {
    const { status, body } = await upload(given, 'Retarders slow wagons.');
    expect(status).toBe(201);
    expect(body).toMatchObject({ url: `file:${name}`, metadata: { file_name: name } });
  });

  it('replaces a file of the same name, and forgets a deleted one', async () => {
    await upload('Übersicht “1”.txt', 'Points are blades.');
    const { body } = await upload('Übersicht “1”.txt', 'Signals are lamps.');
    expect(body.metadata.file_name).toBe('Übersicht “1”.txt');
    expect(await get('')).toMatchObject({ total: 1, items: [{ source_id: body.source_id }] });
    expect(find('blades')).toEqual([]);
    expect((await fetch(`${api()}/${body.source_id}`, { method: 'DELETE' })).status).toBe(200);
    expect(find('lamps')).toEqual([]);
    const again = await fetch(`${api()}/${body.source_id}`, { method: 'DELETE' });
    expect(again.status).toBe(404);
    expect(await again.json()).toMatchObject({ error: { code: 'item.not_found' } });
  });

  it.each<[string, string, string | Buffer, number, string]>([
    ['of another kind', 'photo.png', 'PNG', 400, 'upload.unsupported'],
    ['that is not a PDF', 'plan.pdf', 'not a PDF', 400, 'upload.unreadable'],
    ['that is not text', 'plan.txt', Buffer.from([65, 0, 66]), 400, 'upload.unreadable'],
    ['with nothing to read', 'plan.md', ' \n', 400, 'upload.empty'],
    ['that has pictures only', 'scan.pdf', pdf(''), 400, 'upload.empty'],
    ['that is too large', 'big.txt', 'x'.repeat(10 * 2 ** 20 + 1), 413, 'payload.too_large'],
  ])('refuses a file %s', async (_what, name, text, status, code) => {
    const answer = await upload(name, text);
    expect(answer).toMatchObject({ status, body: { error: { code } } });
    expect(await get('')).toMatchObject({ total: 0, pages: 1 });
  });

  it('refuses a form without a file', async () => {
    const response = await fetch(`${api()}/upload`, { method: 'POST', body: new FormData() });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'input.invalid' } });
  });

  it('lists page by page, and only what matches', async () => {
    for (const name of ['red', 'green', 'blue'])
      await upload(`${name}.txt`, `The ${name} lamp`, { tags: `lamp,${name}` });
    const first = await get('per_page=2');
    const second = await get('per_page=2&page=2');
    expect(first).toMatchObject({ total: 3, page: 1, per_page: 2, pages: 2 });
    expect([...first.items, ...second.items].map(({ url }) => url).sort()).toEqual([
      'file:blue.txt',
      'file:green.txt',
      'file:red.txt',
    ]);
    expect(await get('q=LAMP+gree')).toMatchObject({ total: 1, items: [{ url: 'file:green.txt' }] });
    expect((await fetch(`${api()}?page=none`)).status).toBe(400);
  });

  it('crawls a site again, once at a time, and tells everybody how that ended', async () => {
    const source_id = await crawled();
    const socket = await openSocket(app.url, '/knowledge').connected();
    await socket.call('join_knowledge', {});
    const old = await openWs(app.url, '/api/knowledge-items/stream').opened();
    expect(await old.nextJson()).toMatchObject({ type: 'knowledge_items_update', data: { total: 1 } });
    const replies = await Promise.all([1, 2].map(() => socket.call('refresh_item', { source_id })));
    expect(replies[0]).toMatchObject({ ok: true, data: { source_id, progress_id: expect.any(String) } });
    expect(replies[1]).toEqual(replies[0]);
    const [outcome] = await socket.next('crawl_completed');
    expect(outcome).toMatchObject({ url: `${site.url}/handbook/`, success: true });
    expect(JSON.parse(await old.waitFor((frame) => frame.includes('crawl_completed')))).toEqual({
      type: 'crawl_completed',
      data: outcome,
    });
    expect(find('retarder').length).toBeGreaterThan(0);
  });

  it('refreshes no file and nothing unknown', async () => {
    const { body } = await upload('notes.txt', 'Points and signals.');
    const socket = await openSocket(app.url, '/knowledge').connected();
    expect(await socket.call('refresh_item', { source_id: body.source_id })).toMatchObject({
      error: { code: 'item.not_refreshable' },
    });
    expect(await socket.call('refresh_item', { source_id: 'x' })).toMatchObject({ error: { code: 'item.not_found' } });
  });

  it('tells old clients which files were accepted and which were refused', async () => {
    const old = await openWs(app.url, '/api/knowledge-items/stream').opened();
    await old.next();
    const { body } = await upload('notes.txt', 'Points and signals.');
    await upload('photo.png', 'PNG');
    expect(await old.nextJson()).toEqual({
      type: 'upload_completed',
      data: { source_id: body.source_id, file_name: 'notes.txt', chunks_count: 1, word_count: 3 },
    });
    expect(await old.nextJson()).toMatchObject({
      type: 'upload_error',
      data: { file_name: 'photo.png', code: 'upload.unsupported' },
    });
  });
});
