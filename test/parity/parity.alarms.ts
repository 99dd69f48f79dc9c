import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ADMIN_TOKEN } from '../harness/admin.token.js';
import { randomFrom } from '../harness/random.js';
import { UNLIMITED } from '../harness/unlimited.js';
import { Child } from '../process/child.js';
import { ApplicationNodes } from '../restart/application.nodes.js';
import type { AlarmState, ParityCommands } from './parity.commands.js';
import type { ParityOptions } from './parity.options.js';

const TYPESCRIPT = join(__dirname, '../harness/typescript.cjs');
const LOOK_EVERY_MS = 500;
/** Without a matched event for so long, the comparisons are stuck, in milliseconds. */
const PATIENCE_MS = 60_000;

/** What the first proof has found. */
export interface AlarmFigures extends AlarmState {
  seconds: number;
  cuts: number;
  cutConnections: number;
  problems: string[];
}

/** Starts a process for comparisons or clients. */
export async function startLoad(): Promise<Child<ParityCommands>> {
  return (await Child.start<ParityCommands>(join(__dirname, 'parity.load.ts'), ['-r', TYPESCRIPT])).child;
}

/** Starts the application as a process of its own, without rate limits. */
export const startServer = (): Promise<ApplicationNodes> => ApplicationNodes.start(1, { ADMIN_TOKEN, ...UNLIMITED });

/** Compares both wires of busy rooms while connections are cut, until enough events have matched. */
export class AlarmRun {
  readonly figures: AlarmFigures = {
    matched: 0,
    mismatches: 0,
    shed: 0,
    examples: [],
    seconds: 0,
    cuts: 0,
    cutConnections: 0,
    problems: [],
  };
  private isClosed = false;

  private constructor(
    private readonly options: ParityOptions,
    private readonly app: ApplicationNodes,
    private readonly load: Child<ParityCommands>,
  ) {}

  static async start(options: ParityOptions): Promise<AlarmRun> {
    const app = await startServer();
    try {
      return new AlarmRun(options, app, await startLoad());
    } catch (error) {
      await app.close();
      throw error;
    }
  }

  /** Runs until enough events have matched, one has not, or no more come. */
  async run(): Promise<void> {
    const { app, load, options } = this;
    const { comparisons, rooms, rate, events, seed } = options;
    await load.ask('compare', { server: app.nodes[0]!.url, url: app.front.url, comparisons, rooms, rate });
    const began = performance.now();
    const cutting = this.cut(randomFrom(seed));
    let [matched, since] = [0, began];
    while (!this.isClosed && this.figures.mismatches === 0 && this.figures.matched < events) {
      await pause(LOOK_EVERY_MS);
      Object.assign(this.figures, await load.ask('state'), { seconds: (performance.now() - began) / 1000 });
      if (this.figures.matched > matched) [matched, since] = [this.figures.matched, performance.now()];
      else if (performance.now() - since > PATIENCE_MS) {
        this.figures.problems.push(`no event matched for ${PATIENCE_MS / 1000} s`);
        break;
      }
    }
    clearInterval(cutting);
    if (!this.isClosed) Object.assign(this.figures, await load.ask('end'));
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.load.stop();
    await this.app.close();
  }

  private cut(random: () => number): NodeJS.Timeout | undefined {
    const { cut, every } = this.options;
    if (cut === 0) return undefined;
    return setInterval(() => {
      this.figures.cuts += 1;
      this.figures.cutConnections += this.app.front.cutShare(cut / 100, random);
    }, every * 1000);
  }
}
