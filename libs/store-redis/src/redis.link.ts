import { Logger } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { Redis, type RedisOptions } from 'ioredis';
import { refusalOf } from './redis.refusal.js';

/** How long work waits for Redis to come back before it is refused, in ms. */
const PATIENCE_MS = 2000;
/** How many tasks may wait. */
const MAX_WAITING = 10_000;
/** After this time without a reply the connection counts as dead. */
const COMMAND_TIMEOUT_MS = 3000;
/** How often to test whether Redis takes writes again, in ms. */
const PROBE_EVERY_MS = 500;
/** A write that changes nothing. */
const PROBE = ['switchyard:probe', 0, ''] as const;
const RETRY_STEP_MS = 50;
const RETRY_MAX_MS = 500;

/** The options of every connection of the store. */
export const CONNECTION: RedisOptions = {
  protocol: 2,
  connectTimeout: 2000,
  disconnectTimeout: 100,
  // A server that became a replica takes no writes; its successor may have the same name.
  reconnectOnError: (error) => error.message.startsWith('READONLY'),
  retryStrategy: (attempt) => Math.min(attempt * RETRY_STEP_MS, RETRY_MAX_MS),
};

interface Waiter {
  resolve(run: string): void;
  reject(fault: Fault): void;
}

/**
 * A connection to Redis that reconnects by itself.
 *
 * Nothing is ever sent twice: a command that was under way when the connection broke is refused. Each command of a task
 * goes to the server run that the task was given as `run`.
 */
export class RedisLink {
  private readonly logger = new Logger('store');
  private readonly redis: Redis;
  private readonly waiting = new Set<Waiter>();
  private readonly returns = new Set<() => void>();
  private run: string | undefined;
  private lostAt = performance.now();
  private patience: NodeJS.Timeout | undefined;
  private closed = false;
  private refusal: string | undefined;
  private written = 0;
  private probing: NodeJS.Timeout | undefined;
  /** Why the last attempt to connect failed. */
  lastError: Error | undefined;

  constructor(
    url: string,
    private readonly purpose: string,
  ) {
    this.redis = new Redis(url, {
      ...CONNECTION,
      commandTimeout: COMMAND_TIMEOUT_MS,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      maxRetriesPerRequest: 0,
    });
    this.redis.on('error', (error: Error) => (this.lastError = error));
    this.redis.on('ready', () => void this.greet());
    this.redis.on('close', () => this.lost());
  }

  /** Whether a command sent now would reach Redis. */
  get isUp(): boolean {
    return this.run !== undefined;
  }

  /** Why Redis takes no writes though it answers, and what to do about it; undefined when it does take them. */
  get degradedReason(): string | undefined {
    return this.refusal;
  }

  /** How many writes Redis has taken, or may have. */
  get writes(): number {
    return this.written;
  }

  /** The number of the database that the URL names. */
  get database(): number {
    return this.redis.options.db ?? 0;
  }

  /** Calls `back` now if the connection is up, and after each reconnect. */
  onReturn(back: () => void): void {
    this.returns.add(back);
    if (this.isUp) back();
  }

  /** Calls `hear` with each message of the channels this connection subscribes to. */
  onMessage(hear: (channel: string, message: string) => void): void {
    this.redis.on('message', hear);
  }

  /**
   * Runs a task, after waiting a moment for the connection if it is down; `run` is the id of the server's run.
   *
   * @throws Fault `store.unavailable`, or the one that the task throws
   */
  async use<T>(task: (redis: Redis, run: string) => Promise<T>): Promise<T> {
    const run = this.run ?? (await this.connected());
    try {
      return await task(this.redis, run);
    } catch (error) {
      if (error instanceof Fault) throw error;
      const refusal = refusalOf(error);
      if (refusal !== undefined) {
        this.heed(refusal);
        throw new Fault('store.unavailable', { reason: 'it takes no writes' }, { cause: error });
      }
      this.suspect(error);
      throw new Fault('store.unavailable', undefined, { cause: error });
    }
  }

  /**
   * Runs a task that is one write, as `use` does; `isCounted` is whether it counts as one of `writes`.
   *
   * @throws as `use`; Fault `call.outcome_unknown` when Redis may have made the write without an answer
   */
  write<T>(task: (redis: Redis, run: string) => Promise<T>, isCounted = true): Promise<T> {
    const count = () => (this.written += isCounted ? 1 : 0);
    return this.use(async (redis, run) => {
      try {
        const result = await task(redis, run);
        count();
        return result;
      } catch (error) {
        if (error instanceof Fault || wasNotMade(error)) throw error;
        count();
        this.suspect(error);
        throw new Fault('call.outcome_unknown', { reason: 'the store did not answer' }, { cause: error });
      }
    });
  }

  /** Whether Redis answers within `within_ms`. */
  async answers(within_ms: number): Promise<boolean> {
    if (!this.isUp) return false;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), within_ms)));
    const ping = this.redis.ping().then(
      () => true,
      () => false,
    );
    const answered = await Promise.race([ping, late]);
    clearTimeout(timer);
    return answered;
  }

  /** Closes the connection after the commands that are under way. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    clearTimeout(this.probing);
    if (this.isUp) await this.redis.quit().catch(() => undefined);
    this.redis.disconnect();
    this.refuseAll();
  }

  private async greet(): Promise<void> {
    const info = await this.redis.info('server').catch((error: Error) => {
      this.lastError = error;
      return '';
    });
    const run = /run_id:(\w+)/.exec(info)?.[1];
    if (this.closed) return;
    if (run === undefined) return this.redis.disconnect(true);
    if (this.run === undefined && this.returns.size > 0) {
      this.logger.log(`Redis is back for ${this.purpose} after ${Math.round(performance.now() - this.lostAt)} ms`);
    }
    this.run = run;
    clearTimeout(this.patience);
    this.patience = undefined;
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const back of this.returns) back();
    for (const { resolve } of waiting) resolve(run);
  }

  private lost(): void {
    if (this.run === undefined) return;
    this.run = undefined;
    this.lostAt = performance.now();
    if (!this.closed) this.logger.warn(`Redis is away for ${this.purpose}; ${this.lastError?.message ?? 'it hung up'}`);
  }

  // A dead connection may look open for minutes: reconnect.
  private suspect(error: unknown): void {
    if (error instanceof Error && error.message.includes('timed out') && !this.closed) this.redis.disconnect(true);
  }

  private heed(refusal: string): void {
    if (this.refusal === undefined) this.logger.warn(refusal);
    this.refusal = refusal;
    if (!this.closed) this.probing ??= setTimeout(() => void this.probe(), PROBE_EVERY_MS).unref();
  }

  private async probe(): Promise<void> {
    this.probing = undefined;
    try {
      await this.redis.setrange(...PROBE);
      this.refusal = undefined;
      this.logger.log('Redis takes writes again');
    } catch (error) {
      this.heed(refusalOf(error) ?? this.refusal!);
    }
  }

  // All tasks wait until the same moment, so that a long queue is not refused one by one.
  private connected(): Promise<string> {
    const left = this.lostAt + PATIENCE_MS - performance.now();
    if (this.closed || left <= 0 || this.waiting.size >= MAX_WAITING) return Promise.reject(this.unavailable());
    this.patience ??= setTimeout(() => this.refuseAll(), left);
    return new Promise((resolve, reject) => this.waiting.add({ resolve, reject }));
  }

  private refuseAll(): void {
    clearTimeout(this.patience);
    this.patience = undefined;
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const { reject } of waiting) reject(this.unavailable());
  }

  private unavailable(): Fault {
    return new Fault('store.unavailable', undefined, { cause: this.lastError });
  }
}

// Redis refused the command, or the connection was gone before anything was sent.
function wasNotMade(error: unknown): boolean {
  const { name, message } = error as Error;
  return name === 'ReplyError' || message.startsWith("Stream isn't writeable");
}
