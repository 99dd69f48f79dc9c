import { setTimeout as pause } from 'node:timers/promises';
import type { RealtimeConfig } from '@switchyard/contract';
import { slowness } from '../harness/machine.js';
import { randomFrom } from '../harness/random.js';
import { LoadRoom } from '../load/load.room.js';
import type { ApplicationNodes } from '../restart/application.nodes.js';
import { BusyRooms } from '../restart/busy.rooms.js';
import { emptyTally } from '../restart/follower.js';
import { LoadPage } from './load.page.js';
import type { SoakOptions } from './soak.options.js';
import type { SoakFigures } from './soak.report.js';

/** The number of rooms that the clients share. */
const ROOMS = 4;
/** One of this many clients uses the old wire. */
const CLIENTS_PER_LEGACY = 5;
/** The pause of a busy service after each step, in milliseconds. */
const STEP_PAUSE_MS = 500;
/** The longest uptime and downtime, in milliseconds. */
const MAX_UPTIME_MS = 6000;
const MAX_DOWNTIME_MS = 2000;
/** The longest recovery of a client that is not a problem, in milliseconds. */
const MAX_RECOVERY_MS = 30_000;
const CHECK_EVERY_MS = 20;
/** The probability that Redis is killed instead of a node. */
const REDIS_SHARE = 0.1;

/** Runs a soak: clients under load, all services busy, and random kills until the time is over. */
export class SoakRun {
  readonly figures: SoakFigures;
  private readonly random: () => number;
  private readonly busy: BusyRooms;
  private readonly rooms: LoadRoom[] = [];
  private pages: LoadPage[] = [];

  constructor(
    private readonly app: ApplicationNodes,
    private readonly options: SoakOptions,
  ) {
    const changes = { acknowledged: 0, unknown: 0 };
    this.figures = { tally: emptyTally(), kills: new Map(), back: [], changes, problems: [] };
    this.random = randomFrom(options.seed);
    this.busy = new BusyRooms(app, this.figures.tally, STEP_PAUSE_MS);
  }

  /** Joins all clients and starts the load. */
  async begin(): Promise<void> {
    const { app, options } = this;
    for (let n = 0; n < ROOMS; n += 1) this.rooms.push(await LoadRoom.start(app.server(n % options.nodes)));
    const response = await fetch(`${app.front.url}/realtime/config`);
    const config = (await response.json()) as RealtimeConfig;
    this.pages = Array.from({ length: options.clients }, (_, index) => {
      return new LoadPage(this.rooms[index % ROOMS]!, {
        url: app.front.url,
        config,
        wire: index % CLIENTS_PER_LEGACY === 0 ? 'legacy' : 'socketio',
        tally: this.figures.tally,
        upSince: () => (options.nodes === 1 ? app.upSince : 0),
        back: (ms) => this.figures.back.push(ms),
      });
    });
    await this.waitForAll('joined at the beginning', (page) => page.isLive);
    for (const room of this.rooms) room.begin(options.rate);
  }

  /** Kills processes one by one until the time is over or `isOver` returns true. */
  async run(isOver: () => boolean): Promise<void> {
    const { app } = this;
    const until = performance.now() + this.options.minutes * 60_000;
    const half = performance.now() + this.options.minutes * 30_000;
    let redisKills = 0;
    while (performance.now() < until && !isOver()) {
      await this.attempt('beginning', () => this.busy.begin(1));
      await pause(this.random() * MAX_UPTIME_MS);
      const isRedis = app.redis && (this.random() < REDIS_SHARE || (redisKills === 0 && performance.now() > half));
      if (isRedis) {
        redisKills += 1;
        await this.killRedis();
      } else {
        await this.killNode(Math.trunc(this.random() * app.nodes.length));
      }
      await this.waitForAll('live again', (page) => page.isLive);
      await this.attempt('ending', () => this.busy.end());
    }
  }

  /** Ends the load, waits until all followers are up to date, and counts what is missing. */
  async end(): Promise<void> {
    const { tally, changes } = this.figures;
    await Promise.all(this.rooms.map((room) => room.end()));
    const heads = new Map(await Promise.all(this.rooms.map(async (room) => [room, await room.head()] as const)));
    const behind = (page: LoadPage) => page.behind(heads.get(page.room)!);
    await this.waitForAll('at the end of its room', (page) => behind(page) === 0);
    tally.lost += this.pages.reduce((sum, page) => sum + behind(page), 0);
    for (const { ledger, changes: made } of this.rooms) {
      tally.lost += ledger.unseen;
      changes.acknowledged += made.acknowledged;
      changes.unknown += made.unknown;
    }
  }

  /** Disconnects all clients. */
  close(): void {
    this.busy.close();
    for (const page of this.pages) page.close();
  }

  private async killNode(index: number): Promise<void> {
    this.killed(`node ${index + 1}`);
    await this.app.nodes[index]!.end('SIGKILL');
    const left = this.busy.leave(index);
    await pause(this.random() * MAX_DOWNTIME_MS);
    await this.app.restart(index);
    await left;
  }

  private async killRedis(): Promise<void> {
    this.killed('Redis');
    await this.app.redis!.crash();
    await pause(this.random() * MAX_DOWNTIME_MS);
    await this.app.redis!.restart();
    // Until each node has noticed that Redis is back, calls are refused.
    for (const { url } of this.app.nodes) while ((await fetch(`${url}/health/ready`)).status !== 200);
  }

  private problem(text: string): void {
    this.figures.problems.push(text);
    console.log(`\nPROBLEM: ${text}`);
  }

  private killed(name: string): void {
    const { kills } = this.figures;
    kills.set(name, (kills.get(name) ?? 0) + 1);
  }

  private async waitForAll(what: string, is: (page: LoadPage) => boolean): Promise<void> {
    const began = performance.now();
    for (;;) {
      const late = this.pages.filter((page) => !is(page)).length;
      if (late === 0) return;
      const waited = performance.now() - began;
      // In this order, because measuring the machine keeps it busy.
      if (waited > MAX_RECOVERY_MS && waited > MAX_RECOVERY_MS * slowness()) {
        this.problem(`${late} clients are not ${what} after ${waited.toFixed(0)} ms`);
        return;
      }
      await pause(CHECK_EVERY_MS);
    }
  }

  private async attempt(what: string, task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      this.problem(`${what}: ${error instanceof Error ? error.message.slice(0, 500) : String(error)}`);
      this.busy.close();
    }
  }
}
