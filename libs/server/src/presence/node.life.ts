import type { PresenceStore } from '../store/presence.store.js';
import { timerMs } from '../timer/long.timer.js';

/** How often a process says that it is there, and looks for others that are not, in the time it is taken to be there. */
const BEATS = 3;
/** How often in a row a process has to look dead: once Redis is back after a while, all do until they have said a word. */
const LOOKS = 2;

/** What is to be done with the people of this process as it beats. */
export interface NodeLifeHost {
  /** The store may have lost them: puts them in again. */
  restore(): Promise<void>;
  /** Tells the store what it could not be told. */
  tellAgain(): Promise<void>;
  /** The store may be believed again. */
  settled(): void;
}

/** Lets other processes know that this one is there, and takes out the people of those that are not any more. */
export class NodeLife {
  private looks = new Map<string, number>();
  private heart: NodeJS.Timeout | undefined;
  private settling: NodeJS.Timeout | undefined;
  private beating = false;
  private isKnown = false;

  constructor(
    private readonly node: string,
    private readonly store: PresenceStore,
    private readonly life_ms: number,
    private readonly host: NodeLifeHost,
  ) {}

  /** Whether the store has everybody: after a loss, other processes are given the time to say again whom they have. */
  get isSettled(): boolean {
    return this.settling === undefined;
  }

  async start(): Promise<void> {
    await this.beat();
    this.heart = setInterval(() => void this.beat(), timerMs(this.life_ms / BEATS)).unref();
  }

  close(): void {
    clearInterval(this.heart);
    clearTimeout(this.settling);
  }

  /** Says that this process is there, now rather than when it is due: the store seems to have lost it. */
  async beat(): Promise<void> {
    if (this.beating) return;
    this.beating = true;
    try {
      if (!(await this.store.live(this.node, this.life_ms))) await this.lost();
      this.isKnown = true;
      await this.host.tellAgain();
      await this.sweep();
    } catch {
      // What was seen before the store went away says nothing about now.
      this.looks.clear();
    } finally {
      this.beating = false;
    }
  }

  private async lost(): Promise<void> {
    // A process that begins has told nobody anything that could be wrong.
    if (this.isKnown) {
      clearTimeout(this.settling);
      this.settling = setTimeout(() => {
        this.settling = undefined;
        this.host.settled();
      }, timerMs(this.life_ms)).unref();
    }
    await this.host.restore();
  }

  private async sweep(): Promise<void> {
    const dead = (await this.store.dead()).filter((node) => node !== this.node);
    this.looks = new Map(dead.map((node) => [node, (this.looks.get(node) ?? 0) + 1]));
    for (const [node, looks] of this.looks) if (looks >= LOOKS) await this.store.sweep(node);
  }
}
