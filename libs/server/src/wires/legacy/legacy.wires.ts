import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CallDoor } from '../../door/call.door.js';
import { HttpCallers } from '../../http/http.caller.js';
import { UpgradeRouter } from '../../http/upgrade.router.js';
import { REALTIME_OPTIONS, type RealtimeOptions } from '../../realtime.options.js';
import { ServiceRegistry } from '../../service/service.registry.js';
import type { LegacyPeer } from './legacy.peer.js';
import { LegacyWire } from './legacy.wire.js';

/** Serves every codec of every service on its old path, and keeps watch over who is still there. */
@Injectable()
export class LegacyWires implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly wires: LegacyWire[] = [];
  private watch: NodeJS.Timeout | undefined;

  constructor(
    private readonly router: UpgradeRouter,
    private readonly registry: ServiceRegistry,
    private readonly door: CallDoor,
    private readonly callers: HttpCallers,
    @Inject(REALTIME_OPTIONS) private readonly options: RealtimeOptions,
  ) {}

  onApplicationBootstrap(): void {
    const logger = new Logger('legacy');
    for (const service of this.registry.all()) {
      for (const codec of service.legacy) {
        const wire = new LegacyWire(service, codec, this.door, this.callers, this.options, logger);
        service.addWire(wire);
        this.router.route(codec.path, (upgrade) => wire.accept(upgrade));
        this.wires.push(wire);
      }
    }
    this.watch = setInterval(() => this.peers().forEach((peer) => peer.probe()), this.options.pingIntervalMs);
    this.watch.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.watch);
  }

  /** Every old-style connection there is. */
  peers(): LegacyPeer[] {
    return this.wires.flatMap((wire) => [...wire.peers]);
  }
}
