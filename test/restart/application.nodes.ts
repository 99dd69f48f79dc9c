import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FaultProxy } from '../harness/fault-proxy.js';
import { TestRedis } from '../harness/redis.js';
import type { Server } from './busy.service.js';
import { RestartedApp } from './restarted.app.js';

const SETTINGS = {
  CRAWL_ALLOW_PRIVATE: 'true',
  RUN_LEASE_MS: '2500',
  LOG_LEVEL: 'error',
};
/** Appends may be lost with the machine, none with Redis alone. */
const REDIS_SETTINGS = ['--appendonly', 'yes'];

/** The application as one process on data of its own, or as several on a Redis; each of them may be killed. */
export class ApplicationNodes {
  /** When a node came up last after none had been there; `performance.now()`. */
  private up = performance.now();
  private closed = false;

  private constructor(
    readonly nodes: readonly RestartedApp[],
    readonly redis: TestRedis | undefined,
    /** Takes connections to the nodes in turn. */
    readonly front: FaultProxy,
    private readonly data: string,
  ) {}

  /** Starts that many processes; resolves once all listen. @throws Error with what one said that ended before */
  static async start(count: number, settings: Readonly<Record<string, string>> = {}): Promise<ApplicationNodes> {
    const data = await mkdtemp(join(tmpdir(), 'switchyard-'));
    const redis = count > 1 ? await TestRedis.start(REDIS_SETTINGS) : undefined;
    const store: Record<string, string> = redis ? { REDIS_URL: redis.url } : {};
    const start = (node: number) =>
      RestartedApp.start({ ...SETTINGS, ...store, DATA_DIR: join(data, `${node}`), ...settings });
    const started = await Promise.allSettled(Array.from({ length: count }, (_, node) => start(node)));
    const nodes = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    const app = new ApplicationNodes(nodes, redis, await FaultProxy.to(...nodes.map(({ port }) => port)), data);
    const failed = started.find(({ status }) => status === 'rejected');
    if (!failed) return app;
    await app.close();
    throw (failed as PromiseRejectedResult).reason;
  }

  /** The node of that number, or while it is away another. */
  server(preferred: number): Server {
    const { nodes } = this;
    return {
      get url() {
        const node = nodes[preferred]!.isUp ? nodes[preferred] : nodes.find(({ isUp }) => isUp);
        return (node ?? nodes[preferred]!).url;
      },
    };
  }

  /** Since when there is a node that takes connections, as `performance.now()` has it. */
  get upSince(): number {
    return this.up;
  }

  /** Starts a node again that was ended. @throws Error when it cannot, or all is closed */
  async restart(node: number): Promise<void> {
    if (this.closed) throw new Error('unable to start a node; all were closed');
    const wasAway = !this.nodes.some(({ isUp }) => isUp);
    await this.nodes[node]!.again();
    if (wasAway) this.up = performance.now();
  }

  /** Ends every process, and removes what they kept. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.nodes.map((node) => node.end()));
    await this.front.close();
    await this.redis?.stop();
    await rm(this.data, { recursive: true, force: true });
  }
}
