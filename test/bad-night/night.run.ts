import { rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { sumEnds, sumStates, worstLag } from '../cutover/cutover.figures.js';
import type { LoadCommands } from '../cutover/load.commands.js';
import { SERVICES } from '../cutover/stage.control.js';
import { systemNow } from '../cutover/system.clock.js';
import { AdminClient } from '../harness/admin.client.js';
import { ADMIN_TOKEN } from '../harness/admin.token.js';
import { fastFolder } from '../harness/fast.folder.js';
import { until } from '../harness/until.js';
import { PathProxy } from '../harness/path.proxy.js';
import { Child } from '../process/child.js';
import { ApplicationNodes } from '../restart/application.nodes.js';
import { sumPlaces, type NightFigures, type Places } from './night.figures.js';
import type { NightOptions } from './night.options.js';
import { isSocketio, RequestLog } from './request.log.js';

const TYPESCRIPT = join(__dirname, '../harness/typescript.cjs');
const LOAD = join(__dirname, '../cutover/cutover.load.ts');
const [SERVICE] = SERVICES;
/** The longest time of each step, in milliseconds. */
const PATIENCE_MS = 90_000;
/** The time with all clients in place before the wire dies, and that in which nobody may knock any more, in milliseconds. */
const STEADY_MS = 2000;
const QUIET_MS = 5000;
/** Often enough for the figures; each look asks all clients, who share their process with it. */
const LOOK_EVERY_MS = 250;

/** Lets the new wire die while most clients are on it, and follows them back. */
export class NightRun {
  readonly figures: NightFigures;
  private readonly admin: AdminClient;
  private diedAt = 0;
  private trippedAt = 0;

  private constructor(
    private readonly options: NightOptions,
    private readonly app: ApplicationNodes,
    private readonly proxy: PathProxy,
    readonly requests: RequestLog,
    private readonly loads: readonly Child<LoadCommands>[],
    /** Holds the thresholds of a server that takes nothing back itself. */
    private readonly folder: string,
  ) {
    this.admin = new AdminClient(app.nodes[0]!.url, 'bad-night');
    const tally = { delivered: 0, lost: 0, duplicated: 0, reordered: 0, snapshots: 0 };
    const now = { tally, told: 0, moved: 0, reconnects: 0 };
    this.figures = { now, places: {}, cut: 0, told_ms: [], back_ms: [], gaps_ms: [], problems: [] };
  }

  /** Starts the server, the proxy and the load processes. */
  static async start(options: NightOptions): Promise<NightRun> {
    const folder = fastFolder();
    const SLO_FILE = join(folder, 'slo.json');
    writeFileSync(SLO_FILE, JSON.stringify({ default: { rollback: false } }));
    const app = await ApplicationNodes.start(1, { ADMIN_TOKEN, ...(options.trip === 'manual' && { SLO_FILE }) });
    const requests = new RequestLog();
    const proxy = await PathProxy.to(app.nodes[0]!.port, isSocketio, (request) => requests.note(request));
    const loads: Child<LoadCommands>[] = [];
    const run = new NightRun(options, app, proxy, requests, loads, folder);
    try {
      // The clients that lose their wire need more than the server, which has less to do then.
      const count = Math.min(options.rooms, availableParallelism());
      for (let part = 0; part < count; part += 1) {
        loads.push((await Child.start<LoadCommands>(LOAD, ['-r', TYPESCRIPT])).child);
      }
      return run;
    } catch (error) {
      await run.close();
      throw error;
    }
  }

  /** Connects all clients on the old wire, starts the load, and moves a share of them to the new wire. */
  async begin(): Promise<void> {
    const { loads, options, proxy } = this;
    const { clients, rooms, rate, seed, percent } = options;
    await this.admin.change(SERVICE, { stage: 'legacy', force: true });
    const sizes = Array.from({ length: rooms }, (_, room) => Math.floor((clients - room - 1) / rooms) + 1);
    await this.askAll((load, part) =>
      load.ask('begin', {
        url: proxy.url,
        name: `night-${seed}-${part}`,
        rooms: sizes.filter((_, room) => room % loads.length === part),
        rate,
        seed: seed + part,
      }),
    );
    await this.promote({ stage: 'canary', percent });
    await pause(STEADY_MS);
  }

  /** Lets the new wire die. */
  async die(): Promise<void> {
    await this.askAll((load) => load.ask('expect', 'legacy'));
    // Some of their calls are in flight then.
    await pause(STEADY_MS);
    this.figures.places.death = await this.places();
    this.requests.phase = 'outage';
    this.diedAt = systemNow();
    this.figures.cut = this.proxy.kill(this.options.death);
  }

  /** Sets the stage back, or waits until the server has done so. */
  async trip(): Promise<void> {
    const { trip, after } = this.options;
    const isDue = () => systemNow() - this.diedAt >= after * 1000;
    const isTripped = async () => (await this.admin.state(SERVICE)).stage !== 'canary';
    for (let isOver = false; !isOver; isOver = trip === 'manual' ? isDue() : await isTripped()) {
      // Notes which calls meet the outage.
      this.figures.places.trip = await this.places();
      await pause(LOOK_EVERY_MS);
      if (systemNow() - this.diedAt > PATIENCE_MS) throw new Error(`the server did not take ${SERVICE} back`);
    }
    const { updated_at } = await this.admin.state(SERVICE);
    // The server may have done it a moment before it was seen.
    this.trippedAt = systemNow() - (trip === 'manual' ? 0 : Date.now() - Date.parse(updated_at));
    this.requests.phase = 'return';
    this.figures.trip_ms = this.trippedAt - this.diedAt;
    if (trip === 'manual') await this.admin.change(SERVICE, { stage: 'legacy', reason: 'the new wire is dead' });
  }

  /** Resolves once every client is back on the old wire, got an event there, and nobody knocked for a while. */
  async comeBack(): Promise<void> {
    await this.askAll((load) => load.ask('moved', PATIENCE_MS));
    this.requests.phase = 'after';
    const moves = await this.askAll((load) => load.ask('settled', PATIENCE_MS));
    const { figures } = this;
    const moved = moves.flatMap((each) => each.moved).sort((a, b) => a - b);
    const gone = Object.entries(figures.places.death!).filter(([place]) => place.includes('socketio'));
    const wereAway = gone.reduce((sum, [, count]) => sum + count, 0);
    figures.told_ms = moves.flatMap(({ told }) => told).map((at) => at - this.trippedAt);
    // Those that were on the old wire all the time are there first.
    figures.back_ms = moved.slice(-wereAway).map((at) => at - this.trippedAt);
    figures.gaps_ms = moves.flatMap(({ gaps_ms }) => gaps_ms);
    figures.lag = worstLag(moves.map(({ lag }) => lag));
    await pause(QUIET_MS);
    figures.places.back = await this.places();
  }

  /** Lets the new wire serve again, and promotes every client. */
  async recover(): Promise<void> {
    this.requests.phase = 'promotion';
    this.proxy.revive();
    await this.askAll((load) => load.ask('expect', 'socketio'));
    await this.admin.change(SERVICE, { held: false });
    const since = systemNow();
    await this.admin.change(SERVICE, { stage: 'socketio', force: true, reason: 'the new wire is repaired' });
    await this.askAll((load) => load.ask('moved', PATIENCE_MS));
    this.figures.promoted_ms = systemNow() - since;
    const moves = await this.askAll((load) => load.ask('settled', PATIENCE_MS));
    const away = moves.flatMap((each) => each.away);
    if (away.length > 0) this.figures.problems.push(`${away.length} clients could not be promoted again (${away[0]})`);
  }

  /** Ends the load, waits until all clients are up to date, and counts what is missing. */
  async end(): Promise<void> {
    this.figures.end = sumEnds(await this.askAll((load) => load.ask('end', PATIENCE_MS)));
    await this.refresh();
  }

  /** Reads the current figures of all clients. */
  async refresh(): Promise<void> {
    this.figures.now = sumStates(await this.askAll((load) => load.ask('state')));
  }

  /** Ends all processes and removes their data. */
  async close(): Promise<void> {
    await Promise.all(this.loads.map((load) => load.stop()));
    await this.proxy.close();
    await this.app.close();
    rmSync(this.folder, { recursive: true });
  }

  /** Changes the stage, and resolves once every client that was told to move is on the new wire. */
  private async promote(change: { stage: 'canary'; percent: number }): Promise<void> {
    const { clients } = this.options;
    await this.askAll((load) => load.ask('expect', 'socketio'));
    await this.admin.change(SERVICE, { ...change, force: true });
    await until(
      'the canary on the new wire',
      async () => {
        const places = await this.places();
        await this.refresh();
        const { told, moved } = this.figures.now;
        const settled = (places['subscribed on socketio'] ?? 0) + (places['subscribed on legacy'] ?? 0);
        return (told > 0 && told <= moved && settled === clients) || pause(LOOK_EVERY_MS, false);
      },
      PATIENCE_MS,
    );
  }

  private async places(): Promise<Places> {
    return sumPlaces(await this.askAll((load) => load.ask('places')));
  }

  private askAll<T>(ask: (load: Child<LoadCommands>, part: number) => Promise<T>): Promise<T[]> {
    return Promise.all(this.loads.map(ask));
  }
}
