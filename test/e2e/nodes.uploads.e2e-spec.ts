import { RunLeases } from '@switchyard/server';
import { filter, firstValueFrom } from 'rxjs';
import { Corpus, DomainEvents } from '../../src/corpus/index.js';
import { startApp, type TestApp } from '../harness/app.js';
import { TestRedis } from '../harness/redis.js';

describe('an upload that is processed on one of two nodes', () => {
  let redis: TestRedis;
  let settings: Record<string, string>;
  let a: TestApp;
  beforeEach(async () => {
    redis = await TestRedis.start();
    settings = { REDIS_URL: redis.url, RUN_LEASE_MS: '1000' };
    a = await startApp(settings);
  });
  afterEach(() => redis.stop());

  it('is not touched when the other node starts, and is cleaned up once its process is gone', async () => {
    // The state of an upload while a large file is being indexed.
    await a.app.get(RunLeases, { strict: false }).acquire('uploads', 'notes', new AbortController().signal);
    const source = { source_id: 'notes', url: 'file:notes.md', title: 'Notes', file_name: 'notes.md' } as const;
    await a.app.get(Corpus, { strict: false }).openSource({ ...source, source_type: 'file', status: 'processing' });

    const b = await startApp(settings);
    const corpus = b.app.get(Corpus, { strict: false });
    expect(await corpus.sources.get('notes')).toMatchObject({ status: 'processing' });

    const settled = b.app.get(DomainEvents, { strict: false }).onAnywhere('source_updated');
    const done = firstValueFrom(settled.pipe(filter(({ status }) => status !== 'processing')));
    await a.close();
    expect((await done).source_id).toBe('notes');
    expect((await corpus.sources.get('notes'))?.status).not.toBe('processing');
    await b.close();
  });
});
