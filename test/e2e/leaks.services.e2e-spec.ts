import { mkdtemp, rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from '../process/child.js';
import { leftBehind, remaining, type Look, type WatchedCommands } from '../leaks/look.js';
import { passThrough } from '../leaks/passage.js';
import { endsRooms, environmentFor, everyServiceRuns, type Runner, type ServiceRuns } from '../runs/service.runs.js';

const ROOT = join(__dirname, '../..');
/** `RUNS=1000 SERVICES=crawl,chat npm test -- test/e2e/leaks.services` tries more, and prints by class what is left. */
const { RUNS = '10', SERVICES } = process.env;
const COUNT = Number(RUNS);
const IS_QUICK = COUNT < 100;
const WARM_UP = IS_QUICK ? 12 : 250;
const LANES = 3;
/** More at once than later: a pool of connections keeps an object for each that it ever had at the same time. */
const WARM_UP_LANES = 6;
/** Node keeps connections to a crawled site for 4 s. */
const LINGER_MS = 6000;
const COUNT_EVERY_MS = 20;
/** The objects that the store keeps for a room with a log; its `MAX_HEADS` limits them. */
const HEAD = 3;
/** A leak grows in every pass; a pool, a cache or the work of a timer grows once, and mostly on a slow machine. */
const PASSES = 3;
/** The limit for the growth of the heap, as a factor. */
const HEAP = 1.05;
const SERVED = everyServiceRuns().filter(({ contract }) => SERVICES?.split(',').includes(contract.name) ?? true);

jest.setTimeout(IS_QUICK ? 240_000 : 3_600_000);

describe('runs that are over leave nothing behind', () => {
  let data: string;
  let app: Child<WatchedCommands>;
  const server = { url: '' };
  const runners = new Map<ServiceRuns, Runner>();
  let last: Look;

  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'switchyard-'));
    const { child, ready } = await Child.start<WatchedCommands, number>(
      join(ROOT, 'test/leaks/watched.app.ts'),
      ['--expose-gc', '--no-warnings', '-r', join(ROOT, 'test/harness/typescript.cjs')],
      {
        NODE_ENV: 'development',
        DATA_DIR: data,
        LOG_LEVEL: 'error',
        ROOM_RETENTION_MS: '0',
        PRESENCE_GRACE_MS: '1000',
        // The health of a service keeps its last two windows, which have more objects after a busy time.
        SLO_FILE: join(data, 'none.json'),
        ...environmentFor(SERVED),
      },
    );
    app = child;
    server.url = `http://127.0.0.1:${ready}`;
    for (const service of SERVED) runners.set(service, await service.start(server));
    for (const service of SERVED) await pass(service, WARM_UP, WARM_UP_LANES);
    await settle();
  });
  afterAll(async () => {
    for (const runner of runners.values()) await runner.close?.();
    await app.stop();
    await rm(data, { recursive: true });
  });

  const pass = async (service: ServiceRuns, times: number, lanes = LANES) => {
    let left = times;
    const lane = async () => {
      while ((left -= 1) >= 0) await passThrough(server, service, runners.get(service)!);
    };
    await Promise.all(Array.from({ length: service.isAlone ? 1 : lanes }, lane));
  };

  /** Counts until what can be counted is gone, because a look keeps a processor busy for a second. */
  const countDown = async (before?: Look) => {
    const giveUpAt = performance.now() + LINGER_MS;
    for (;;) {
      const counts = await app.ask('count');
      const isGone = counts.people === 0 && (!before || remaining(before, counts).length === 0);
      if (isGone || performance.now() > giveUpAt) return;
      await pause(COUNT_EVERY_MS);
    }
  };

  /** Looks until all clients have left, and for a while until the rest is gone. */
  const settle = async (before?: Look, objects = 0) => {
    await countDown(before);
    const giveUpAt = performance.now() + LINGER_MS;
    do {
      await countDown(before);
      last = await app.ask('look', !IS_QUICK);
    } while (
      last.people > 0 ||
      (before && leftBehind(before, last, objects).length > 0 && performance.now() < giveUpAt)
    );
  };

  it.each(SERVED.map((service) => [service.contract.name, service] as const))(
    `in %s, after ${COUNT} runs`,
    async (name, service) => {
      const passes: string[][] = [];
      const first = last;
      do {
        const before = last;
        const began = performance.now();
        await pass(service, COUNT);
        const took_s = (performance.now() - began) / 1000;
        const { objects, runs } = service.remembered ?? { objects: 0, runs: 0 };
        const remembered = objects * Math.min(COUNT, Math.max(0, runs - WARM_UP - passes.length * COUNT));
        const heads = endsRooms(service) || service.isAlone ? 0 : HEAD * COUNT;
        // Less than one object for each run.
        const allowed = remembered + heads + COUNT - 1;
        await settle(before, allowed);
        const [from, to] = [before, last].map(({ heap_bytes }) => (heap_bytes / 1_000_000).toFixed(2));
        console.log(`${name}: ${COUNT} runs in ${took_s.toFixed(0)} s, heap ${from} → ${to} MB`);
        passes.push(leftBehind(before, last, allowed));
      } while (passes.at(-1)!.length > 0 && passes.length < PASSES);
      expect(passes.at(-1)).toEqual([]);
      expect(last.heap_bytes / first.heap_bytes).toBeLessThan(HEAP);
    },
  );

  it('in any service of the application', async () => {
    const config = (await (await fetch(`${server.url}/realtime/config`)).json()) as { services: object };
    const known = everyServiceRuns().map(({ contract }) => contract.name);
    expect(known.sort()).toEqual(Object.keys(config.services).sort());
  });
});
