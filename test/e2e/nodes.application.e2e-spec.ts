import { startApp, type TestApp } from '../harness/app.js';
import { TestRedis } from '../harness/redis.js';
import { until } from '../harness/until.js';
import { AdminClient, type AuditPage } from '../harness/admin.client.js';

describe('the application with REDIS_URL', () => {
  it('keeps its data there, reports its durability, and leaves nothing behind that blocks a stop', async () => {
    const redis = await TestRedis.start(['--appendonly', 'yes', '--appendfsync', 'everysec']);
    const first = await startApp({ REDIS_URL: redis.url });
    const second = await startApp({ REDIS_URL: redis.url });
    try {
      const response = await fetch(`${first.url}/health/ready`);
      expect(await response.json()).toEqual({
        status: 'ok',
        store: { kind: 'redis', reachable: true, durability: expect.stringMatching(/the last second/) },
      });
      const change = await fetch(`${first.url}/admin/migration/crawl`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${first.adminToken}` },
        body: JSON.stringify({ stage: 'legacy', reason: 'to see the other follow' }),
      });
      expect(change.status).toBe(200);
      const stageAt = async (url: string) => {
        const config = (await (await fetch(`${url}/realtime/config`)).json()) as {
          services: Record<string, { stage: string; wire: string }>;
        };
        return config.services.crawl!;
      };
      await until('the new stage', async () => (await stageAt(second.url)).stage === 'legacy');
      expect(await stageAt(second.url)).toMatchObject({ stage: 'legacy', wire: 'legacy' });
    } finally {
      await Promise.all([first.close(), second.close()]);
      await redis.stop();
    }
  });

  it('moves stages at both nodes at once, each move from the stage before it', async () => {
    const redis = await TestRedis.start();
    const nodes = await Promise.all([1, 2].map(() => startApp({ REDIS_URL: redis.url })));
    try {
      const move = async ({ url, adminToken }: TestApp, reason: string) => {
        const { status } = await fetch(`${url}/admin/migration/research`, {
          method: 'PUT',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${adminToken}` },
          body: JSON.stringify({ stage: 'canary', percent: 5, reason, force: true }),
        });
        return status;
      };
      const reasons = Array.from({ length: 20 }, (_, n) => `move ${n}`);
      const statuses = await Promise.all(reasons.map((reason, n) => move(nodes[n % 2]!, reason)));
      expect(statuses).toEqual(reasons.map(() => 200));
      const pages = nodes.map(({ url }) => new AdminClient(url).audit('research'));
      const [{ entries }, other] = (await Promise.all(pages)) as [AuditPage, AuditPage];
      expect(other.entries).toEqual(entries);
      expect(entries.pop()).toMatchObject({ by: 'flags' });
      expect(entries.map(({ to }) => to.reason).sort()).toEqual([...reasons].sort());
      expect(entries.slice(0, -1).map(({ from }) => from)).toEqual(entries.slice(1).map(({ to }) => to));
    } finally {
      await Promise.all(nodes.map((node) => node.close()));
      await redis.stop();
    }
  });

  it('names the address when it finds no Redis, and never the password', async () => {
    const redis = await TestRedis.start();
    await redis.stop();
    const starting = startApp({ REDIS_URL: `redis://:a-secret@127.0.0.1:${redis.port}` });
    const refusal = await starting.then(
      () => undefined,
      (error: Error) => error.message,
    );
    expect(refusal).toMatch(
      new RegExp(`^unable to reach Redis at redis://127.0.0.1:${redis.port}; .*ECONNREFUSED.*REDIS_URL`),
    );
    expect(refusal).not.toContain('a-secret');
  });
});
