import { DeadNodes } from '../cluster/dead.nodes.js';
import type { Cluster } from '../store/cluster.js';
import { timerMs } from '../timer/long.timer.js';

/** How many looks at the other processes there are in the time after which a silent one is dead. */
const LOOKS_IN_LIFE = 3;
/** How often in a row a process has to look dead before its people are taken out. */
const LOOKS_OF_DEAD = 2;

/** What the people of this process need while the store comes and goes. */
export interface NodeLifeHost {
  /** Puts everybody in again: the store may have lost them. */
  restore(): Promise<void>;
  /** Saves the changes that the store has missed. */
  saveAgain(): Promise<void>;
  /** The store can be believed again. */
  settled(): void;
}

/** Puts the people of this process in again when the store has lost them, and takes out those of dead processes. */
export class NodeLife {
  private readonly deadNodes = new DeadNodes(LOOKS_OF_DEAD);
  private timer: NodeJS.Timeout | undefined;
  private settling: NodeJS.Timeout | undefined;
  private isLooking = false;
  /** The store has lost the people of this process, and does not have all of them back. */
  private mustRestore = false;
  private isClosed = false;

  constructor(
    private readonly cluster: Pick<Cluster, 'node' | 'presence'>,
    private readonly life_ms: number,
    private readonly host: NodeLifeHost,
  ) {}

  /** Whether the store has everybody: after a loss, other processes get the time to say again whom they have. */
  get isSettled(): boolean {
    return this.settling === undefined;
  }

  async start(): Promise<void> {
    const { node } = this.cluster;
    const every_ms = this.life_ms / LOOKS_IN_LIFE;
    node.onBeat((isRemembered) => void (isRemembered || this.lost()));
    node.beatEvery(every_ms);
    this.timer = setInterval(() => void this.look(), timerMs(every_ms)).unref();
    await this.look();
  }

  close(): void {
    this.isClosed = true;
    clearInterval(this.timer);
    clearTimeout(this.settling);
  }

  /** Asks the store, now rather than with the next heartbeat, whether it has lost this process. */
  doubt(): void {
    this.cluster.node.beat().catch(() => undefined);
  }

  private lost(): void {
    if (this.isClosed) return;
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      this.settling = undefined;
      this.host.settled();
    }, timerMs(this.life_ms)).unref();
    this.mustRestore = true;
    void this.look();
  }

  private async look(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      do {
        if (this.mustRestore) await this.restore();
        await this.host.saveAgain();
        await this.sweep();
      } while (this.mustRestore);
    } catch {
      this.deadNodes.clear();
    } finally {
      this.isLooking = false;
    }
  }

  private async restore(): Promise<void> {
    this.mustRestore = false;
    try {
      await this.host.restore();
    } catch (error) {
      this.mustRestore = true;
      throw error;
    }
  }

  private async sweep(): Promise<void> {
    const { node, presence } = this.cluster;
    const looking = (await presence.dead(this.life_ms)).filter((other) => other !== node.id);
    for (const dead of this.deadNodes.look(looking)) await presence.sweep(dead, this.life_ms);
  }
}
