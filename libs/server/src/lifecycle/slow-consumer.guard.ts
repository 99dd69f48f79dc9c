import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { REALTIME_OPTIONS, type ResolvedOptions } from '../options/realtime.options.js';
import type { WireConnection } from '../wires/wire.js';
import { Wires } from '../wires/wires.js';

/** How often connections are checked, in ms; a stalled one exceeds its budget by the data of this time at most. */
const EVERY_MS = 250;
/** How far a backlog over the budget may still grow, as a share of the budget: events go on while a snapshot is sent. */
const TOLERATED = 0.25;

/**
 * Cuts connections whose backlog is over the budget and still grows. One that does not grow may be a large snapshot on a
 * slow line. No event is dropped for a slow connection: its client comes back and catches up from its position.
 */
@Injectable()
export class SlowConsumerGuard implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('backlog');
  private timer: NodeJS.Timeout | undefined;
  /** The lowest backlog of each connection over its budget, since it is over it. */
  private lowest = new WeakMap<WireConnection, number>();

  constructor(
    private readonly wires: Wires,
    @Inject(REALTIME_OPTIONS) private readonly options: ResolvedOptions,
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
    for (const wire of this.wires) {
      for (const connection of wire.connections()) this.check(before, connection);
    }
  }

  private check(before: WeakMap<WireConnection, number>, connection: WireConnection): void {
    const { bytes, level } = connection.backlog;
    const budget = this.options.maxBacklogBytes;
    if (bytes <= budget) return;
    const lowest = Math.min(level, before.get(connection) ?? Infinity);
    this.lowest.set(connection, lowest);
    // A backlog over the budget that does not grow costs no more than it did; the pings find a peer that is gone.
    if (level - lowest <= budget * TOLERATED) return;
    this.logger.warn('cutting off a connection that does not receive its data; its client can resume');
    connection.terminate();
  }
}
