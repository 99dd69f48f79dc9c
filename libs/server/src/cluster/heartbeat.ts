import type { ClusterNode, NodeStore } from '../store/cluster.js';
import { timerMs } from '../timer/long.timer.js';

/** The time between two heartbeats, unless a part of the process needs more of them, in ms. */
const BEAT_EVERY_MS = 1000;

/** The one heartbeat of a process in a store: it keeps leases, presence and connections of the process alive. */
export class Heartbeat implements ClusterNode {
  private readonly listeners = new Set<(isRemembered: boolean) => void>();
  private timer: NodeJS.Timeout | undefined;
  private every_ms = Infinity;
  private isFirst = true;
  beatAt = -Infinity;

  constructor(
    readonly id: string,
    private readonly nodes: NodeStore,
  ) {}

  /** Beats regularly from now on. */
  start(): void {
    this.beatEvery(BEAT_EVERY_MS);
  }

  async beat(): Promise<void> {
    const at = performance.now();
    const isKnown = await this.nodes.beat(this.id);
    // Before its first heartbeat a process has told the store nothing that it could have lost.
    const isRemembered = isKnown || this.isFirst;
    this.isFirst = false;
    this.beatAt = Math.max(this.beatAt, at);
    for (const beaten of this.listeners) beaten(isRemembered);
  }

  beatEvery(ms: number): void {
    if (ms >= this.every_ms) return;
    this.every_ms = ms;
    clearInterval(this.timer);
    this.timer = setInterval(() => this.tryToBeat(), timerMs(ms)).unref();
  }

  /** Beats now; the next regular beat makes up for one that fails. */
  tryToBeat(): void {
    this.beat().catch(() => undefined);
  }

  onBeat(beaten: (isRemembered: boolean) => void): void {
    this.listeners.add(beaten);
  }

  async leave(): Promise<void> {
    await this.nodes.leave(this.id).catch(() => undefined);
  }

  /** Stops beating. */
  stop(): void {
    clearInterval(this.timer);
    this.listeners.clear();
    // No later `beatEvery` starts it again.
    this.every_ms = 0;
  }
}
