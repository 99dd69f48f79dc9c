import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { REALTIME_OPTIONS, type RealtimeOptions } from '../realtime.options.js';
import { LegacyWires } from '../wires/legacy/legacy.wires.js';
import { backlogOf, cutOff } from '../wires/socketio/engine.connection.js';
import { SocketIoHost } from '../wires/socketio/socketio.host.js';

/** How often connections are looked at: what a stalled one may cost beyond its budget is what arrives in that time. */
const EVERY_MS = 250;

/**
 * Closes connections that do not take what they are sent, once more than their budget waits for them. They are never
 * thinned: their clients come back and catch up from their positions.
 */
@Injectable()
export class BacklogWatch implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('backlog');
  private timer: NodeJS.Timeout | undefined;

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
    const { maxBacklogBytes } = this.options;
    for (const connection of Object.values(this.socketio.clients())) {
      if (backlogOf(connection) > maxBacklogBytes) this.cut(() => cutOff(connection));
    }
    for (const peer of this.legacy.connections()) {
      if (peer.backlog > maxBacklogBytes) this.cut(() => peer.terminate());
    }
  }

  private cut(end: () => void): void {
    this.logger.warn(`cutting off a connection that does not take what it is sent; its client can resume`);
    end();
  }
}
