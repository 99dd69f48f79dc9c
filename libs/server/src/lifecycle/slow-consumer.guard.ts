import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { REALTIME_OPTIONS, type RealtimeOptions } from '../options/realtime.options.js';
import { LegacyWires } from '../wires/legacy/legacy.wires.js';
import type { Backlog } from '../wires/backlog.js';
import { backlogOf, cutOff } from '../wires/socketio/engine.connection.js';
import { SocketIoHost } from '../wires/socketio/socketio.host.js';

/** How often connections are looked at: what a stalled one may cost beyond its budget is what arrives in that time. */
const EVERY_MS = 250;
/** How much may be added to what is over the budget, in parts of the budget: events go on while a snapshot is taken. */
const TOLERATED = 0.25;

/**
 * Closes connections that do not take what they are sent, once more than their budget waits for them and becomes still
 * more: one snapshot may be larger, and a line slow. They are never thinned: their clients come back and catch up from
 * their positions.
 */
@Injectable()
export class SlowConsumerGuard implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('backlog');
  private timer: NodeJS.Timeout | undefined;
  /** The least that connections over their budget have had to take since they are. */
  private lowest = new WeakMap<object, number>();

  constructor(
    private readonly socketio: SocketIoHost,
    private readonly legacy: LegacyWires,
    @Inject(REALTIME_OPTIONS) private readonly options: RealtimeOptions,
  ) {}

  onApplicationBootstrap(): void {
    if (this.options.maxBacklogBytes === 0) return;
    this.timer = setInterval(() => this.look(), EVERY_MS);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const before = this.lowest;
    this.lowest = new WeakMap();
    const connections = Object.values(this.socketio.clients());
    for (const connection of connections)
      this.check(before, connection, backlogOf(connection), () => cutOff(connection));
    for (const peer of this.legacy.connections()) this.check(before, peer, peer.backlog, () => peer.terminate());
  }

  private check(before: WeakMap<object, number>, connection: object, { bytes, level }: Backlog, cut: () => void): void {
    const budget = this.options.maxBacklogBytes;
    if (bytes <= budget) return;
    const lowest = Math.min(level, before.get(connection) ?? Infinity);
    this.lowest.set(connection, lowest);
    // What is over the budget and is not added to costs no more than it did; should the peer be gone, the pings tell.
    if (level - lowest <= budget * TOLERATED) return;
    this.logger.warn('cutting off a connection that does not take what it is sent; its client can resume');
    cut();
  }
}
