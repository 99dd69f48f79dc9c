import type { MigrationAudit } from '@switchyard/contract';
import { startBoard, type BoardServer } from './board.server.js';

interface Audit {
  service: string;
  entries: MigrationAudit[];
  next: string | null;
}

describe('switchyard audit', () => {
  let server: BoardServer;
  beforeAll(async () => {
    server = await startBoard();
    for (const percent of [1, 2, 3, 4, 5]) await server.set({ stage: 'canary', percent, reason: `step ${percent}` });
  });
  afterAll(() => server.close());

  const read = async (...args: string[]) =>
    JSON.parse((await server.run('audit', 'board', '--json', ...args)).out) as Audit;

  it('shows the changes, the newest first', async () => {
    const { code, out } = await server.run('audit', 'board');
    expect(code).toBe(0);
    const [heading, newest, before] = out.split('\n');
    expect(heading).toMatch(/^AT +BY +CHANGE +TOLD +MOVED +FAILED +IN +WHY$/);
    expect(newest).toMatch(/ UTC {2}test +canary 4 % → canary 5 % +0 +0 +step 5$/);
    expect(before).toMatch(/ canary 3 % → canary 4 % .* step 4$/);
  });

  it('reads on where the last one ended', async () => {
    const first = await read('--limit', '2');
    expect(first.entries.map(({ to }) => to.percent)).toEqual([5, 4]);
    const second = await read('--limit', '2', '--before', first.next!);
    expect(second.entries.map(({ to }) => to.percent)).toEqual([3, 2]);
    const all = await read();
    expect(all.entries.slice(0, 4)).toEqual([...first.entries, ...second.entries]);
    expect(all.next).toBeNull();
  });

  it('reads more changes than the server sends at once', async () => {
    for (let n = 1; n <= 120; n += 1) await server.set({ percent: 20 + n / 10 });
    const { entries } = await read('--limit', '110');
    const percents = entries.map(({ to }) => to.percent);
    expect(percents).toEqual(Array.from({ length: 110 }, (_, n) => 20 + (120 - n) / 10));
  });

  it('says where the older changes are', async () => {
    const { next } = await read('--limit', '2');
    const { err } = await server.run('audit', 'board', '--limit', '2');
    expect(err).toContain(`switchyard audit board --before ${next}`);
  });
});
