import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ADMIN_TOKEN } from '../harness/admin.token.js';
import { Child } from '../process/child.js';
import { ApplicationNodes } from '../restart/application.nodes.js';
import { sumEnds, sumStates, worstLag, type CutoverFigures, type MoveResult } from './cutover.figures.js';
import type { CutoverOptions } from './cutover.options.js';
import { planDisturbances, type Cut, type Disturbance, type Kill } from './disturbance.plan.js';
import type { LoadCommands } from './load.commands.js';
import { SIDES, StageControl, type Side } from './stage.control.js';
import { systemNow } from './system.clock.js';

const TYPESCRIPT = join(__dirname, '../harness/typescript.cjs');
/**
 * Keeps the garbage of many clients out of the moves: V8 collects what grew old in its default 16 MB for short-lived
 * objects, and the load stands still for hundreds of milliseconds, which would be measured as gaps in delivery.
 */
const MEMORY = ['--max-semi-space-size=64', '--expose-gc'];
/** The time between two moves: at least this many milliseconds, and this many events in each room. */
const STEADY_MS = 2000;
const STEADY_EVENTS = 5;
/** The longest time of a move, and of each step of the end, in milliseconds. */
const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 20;

/** Moves all clients of a service from wire to wire while they are under load. */
export class CutoverRun {
  readonly figures: CutoverFigures;
  private readonly stages: StageControl;
  private readonly disturbances: readonly Disturbance[];

  private constructor(
    private readonly options: CutoverOptions,
    private readonly app: ApplicationNodes,
    private readonly loads: readonly Child<LoadCommands>[],
  ) {
    this.stages = new StageControl(app.server(0), options.service, ADMIN_TOKEN);
    this.disturbances = planDisturbances(options);
    const tally = { delivered: 0, lost: 0, duplicated: 0, reordered: 0, snapshots: 0 };
    this.figures = { now: { tally, told: 0, moved: 0, reconnects: 0 }, loads: 0, warmUp: [], moves: [], problems: [] };
  }

  /** Starts the servers and the load processes. */
  static async start(options: CutoverOptions): Promise<CutoverRun> {
    const app = await ApplicationNodes.start(options.nodes, { ADMIN_TOKEN });
    // Each server takes a core; clients on the same core would measure each other.
    const count = Math.min(options.rooms, Math.max(1, availableParallelism() - options.nodes));
    const program = join(__dirname, 'cutover.load.ts');
    const loads: Child<LoadCommands>[] = [];
    const run = new CutoverRun(options, app, loads);
    try {
      for (let part = 0; part < count; part += 1) {
        loads.push((await Child.start<LoadCommands>(program, [...MEMORY, '-r', TYPESCRIPT])).child);
      }
      run.figures.loads = count;
      return run;
    } catch (error) {
      await run.close();
      throw error;
    }
  }

  /** Connects all clients on the old wire and starts the load. */
  async begin(): Promise<void> {
    const { app, loads, options } = this;
    const { clients, rooms, rate, seed, nodes, cut } = options;
    await this.stages.set('legacy', 'the cut-over begins');
    // Without a need for it, a proxy would only take time.
    const url = nodes > 1 || cut > 0 ? app.front.url : app.nodes[0]!.url;
    const sizes = Array.from({ length: rooms }, (_, room) => Math.floor((clients - room - 1) / rooms) + 1);
    await this.askAll((load, part) =>
      load.ask('begin', {
        url,
        name: `cutover-${seed}-${part}`,
        rooms: sizes.filter((_, room) => room % loads.length === part),
        rate,
        seed: seed + part,
      }),
    );
  }

  /** Moves all clients there and back, as often as the options say, before the moves that count. */
  async warmUp(): Promise<void> {
    for (let number = 1; number <= this.options.warmUp * SIDES.length; number += 1) {
      this.figures.warmUp.push(await this.makeMove(number, {}));
    }
  }

  /** Moves all clients; resolves once each is on the other wire and got an event there. */
  async move(number: number): Promise<MoveResult> {
    const result = await this.makeMove(number, this.disturbances[number - 1]!);
    this.figures.moves.push(result);
    return result;
  }

  private async makeMove(number: number, { cut, kill }: Disturbance): Promise<MoveResult> {
    const to: Side = SIDES[number % SIDES.length]!;
    const { rate } = this.options;
    await pause(Math.max(STEADY_MS, (STEADY_EVENTS * 1000) / rate));
    const steady = await this.askAll((load) => load.ask('expect', to));
    const since = systemNow();
    await this.stages.set(to, `move ${number}`);
    const [, cutConnections, killed] = await Promise.all([
      this.askAll((load) => load.ask('moved', PATIENCE_MS)),
      cut ? this.cut(number, cut) : 0,
      kill ? this.kill(number, kill) : undefined,
    ]);
    const left = Math.max(0, since + PATIENCE_MS - systemNow());
    const moves = await this.askAll((load) => load.ask('settled', left));
    await this.refresh();
    const [told, moved] = [moves.flatMap((each) => each.told), moves.flatMap((each) => each.moved)];
    return {
      number,
      to,
      told: told.length,
      moved: moved.length,
      away: moves.flatMap(({ away }) => away),
      ...(told.length > 0 && { told_ms: Math.max(...told) - since }),
      ...(moved.length > 0 && { moved_ms: Math.max(...moved) - since }),
      rateBefore: steady.reduce((sum, { delivered, duration_ms }) => sum + (delivered / duration_ms) * 1000, 0),
      gaps_ms: moves.flatMap(({ gaps_ms }) => gaps_ms),
      steadyGaps_ms: steady.flatMap(({ gaps_ms }) => gaps_ms),
      lag: worstLag(moves.map(({ lag }) => lag)),
      steadyLag: worstLag(steady.map(({ lag }) => lag)),
      cut: cutConnections,
      ...(killed !== undefined && { killed }),
    };
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
    await this.app.close();
  }

  private async cut(number: number, { after, choose }: Cut): Promise<number> {
    await this.whenMoved(number, after, 'no connection was cut');
    return this.app.front.cutShare(this.options.cut / 100, choose);
  }

  private async kill(number: number, { after, node }: Kill): Promise<string> {
    await this.whenMoved(number, after, 'no node was killed');
    await this.app.nodes[node]!.end('SIGKILL');
    await this.app.restart(node);
    return `node ${node + 1}`;
  }

  /** Resolves when a share of the clients has moved. */
  private async whenMoved(number: number, share: number, otherwise: string): Promise<void> {
    const clients = Math.ceil(this.options.clients * share);
    const until = performance.now() + PATIENCE_MS;
    for (;;) {
      await this.refresh();
      if (this.figures.now.moved >= clients) return;
      if (performance.now() > until) break;
      await pause(LOOK_EVERY_MS);
    }
    this.figures.problems.push(`move ${number} did not come to ${clients} clients; ${otherwise} before`);
  }

  private askAll<T>(ask: (load: Child<LoadCommands>, part: number) => Promise<T>): Promise<T[]> {
    return Promise.all(this.loads.map(ask));
  }
}
