import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { CallDispatcher } from '../../dispatch/call.dispatcher.js';
import { CallSizes } from '../../dispatch/call.sizes.js';
import { HttpCallers } from '../../http/http.caller.js';
import { UpgradeRouter, type UpgradeRequest } from '../../http/upgrade.router.js';
import { CredentialExpiry } from '../../identity/credential.expiry.js';
import { OpenConnections } from '../../limits/open.connections.js';
import { REALTIME_OPTIONS, type RealtimeOptions } from '../../options/realtime.options.js';
import { ServiceRegistry } from '../../service/service.registry.js';
import type { ServiceRuntime } from '../../service/service.runtime.js';
import { Stages } from '../../stages/stages.js';
import { timerMs } from '../../timer/long.timer.js';
import type { LegacyConnection } from './legacy.connection.js';
import type { LegacyPeer } from './legacy.peer.js';
import { LegacyWire } from './legacy.wire.js';
import { MultiplexWire } from './multiplex.wire.js';

/** Serves every codec of every service on its old path, and keeps watch over who is still there. */
@Injectable()
export class LegacyWires implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly wires: LegacyWire[] = [];
  private readonly multiplexed: MultiplexWire[] = [];
  private watch: NodeJS.Timeout | undefined;

  constructor(
    private readonly router: UpgradeRouter,
    private readonly registry: ServiceRegistry,
    private readonly door: CallDispatcher,
    private readonly callers: HttpCallers,
    private readonly stages: Stages,
    private readonly limited: OpenConnections,
    private readonly credentials: CredentialExpiry,
    private readonly sizes: CallSizes,
    @Inject(REALTIME_OPTIONS) private readonly options: RealtimeOptions,
  ) {}

  onApplicationBootstrap(): void {
    const logger = new Logger('legacy');
    const surroundings = [this.door, this.callers, this.sizes, this.limited, this.credentials, logger] as const;
    for (const service of this.registry.all()) {
      for (const codec of service.legacy) {
        const wire = new LegacyWire(service, codec, this.options, ...surroundings);
        service.addWire(wire);
        this.router.route(codec.path, (upgrade) => this.accept(service, wire, upgrade));
        this.wires.push(wire);
      }
      for (const codec of service.multiplexed) {
        const wire = new MultiplexWire(service, codec, ...surroundings);
        service.addWire(wire);
        this.router.route(codec.path, (upgrade) => this.accept(service, wire, upgrade));
        this.multiplexed.push(wire);
      }
    }
    const every_ms = timerMs(this.options.pingIntervalMs);
    this.watch = setInterval(() => this.connections().forEach((peer) => peer.probe()), every_ms);
    this.watch.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.watch);
  }

  /** Every old-style connection that is in the one room its path names. */
  peers(): LegacyPeer[] {
    return this.wires.flatMap((wire) => [...wire.peers]);
  }

  /** Every old-style connection there is. */
  connections(): LegacyConnection[] {
    return [...this.peers(), ...this.multiplexed.flatMap((wire) => [...wire.peers.values()])];
  }

  /** Hands an upgrade request to its wire, unless the service has left its old wires for good. */
  private accept(
    { contract }: ServiceRuntime,
    wire: LegacyWire | MultiplexWire,
    upgrade: UpgradeRequest,
  ): Promise<void> {
    const { stage } = this.stages.of(contract.name);
    if (stage !== 'retired') return wire.accept(upgrade);
    const { name: service, namespace } = contract;
    throw new Fault('service.retired', { service, to: 'socketio', namespace });
  }
}
