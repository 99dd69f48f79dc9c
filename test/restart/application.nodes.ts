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
/** Appends may be lost with the machine, but not with Redis alone. */
const REDIS_SETTINGS = ['--appendonly', 'yes'];

/** Runs the application as one process on its own data, or as several on one Redis; each can be killed. */
export class ApplicationNodes {
  /** When a node last came up while none was running; `performance.now()`. */
  private up = performance.now();
  private closed = false;

  private constructor(
    readonly nodes: readonly RestartedApp[],
    readonly redis: TestRedis | undefined,
    /** Distributes connections over the nodes. */
    readonly front: FaultProxy,
    private readonly data: string,
  ) {}

  /** Starts that many processes; resolves once all listen. @throws Error with the output of a process that ended */
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

  /** Returns the node of that number, or another while it is down. */
  server(preferred: number): Server {
    const { nodes } = this;
    return {
      get url() {
        const node = nodes[preferred]!.isUp ? nodes[preferred] : nodes.find(({ isUp }) => isUp);
        return (node ?? nodes[preferred]!).url;
      },
    };
  }

  /** Since when a node accepts connections; `performance.now()`. */
  get upSince(): number {
    return this.up;
  }

  /** Restarts a killed node. @throws Error when it cannot start or everything is closed */
  async restart(node: number): Promise<void> {
    if (this.closed) throw new Error('unable to start a node; all were closed');
    const wasAway = !this.nodes.some(({ isUp }) => isUp);
    await this.nodes[node]!.again();
    if (wasAway) this.up = performance.now();
  }

  /** Kills every process and removes their data. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.nodes.map((node) => node.end()));
    await this.front.close();
    await this.redis?.stop();
    await rm(this.data, { recursive: true, force: true });
  }
}
