import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Subscription } from 'rxjs';
import { ServiceRegistry } from '../service/service.registry.js';
import { Stages, type StageChanged } from '../stages/stages.js';
import { FailedMoves } from './failed.moves.js';
import { MoveEffects } from './move.effects.js';
import { MovePace } from './move.pace.js';
import { ServiceMoves } from './service.moves.js';

/** Moves connected clients: tells those that a change of stage sends to another wire, and follows them there. */
@Injectable()
export class Cutover implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('cutover');
  private readonly services = new Map<string, ServiceMoves>();
  private readonly subscriptions = new Subscription();

  constructor(
    private readonly registry: ServiceRegistry,
    private readonly stages: Stages,
    private readonly pace: MovePace,
    private readonly effects: MoveEffects,
    private readonly failures: FailedMoves,
  ) {}

  onApplicationBootstrap(): void {
    for (const service of this.registry.all()) {
      const { name } = service.contract;
      const moves = new ServiceMoves(service, {
        pace: this.pace,
        effected: ({ change: { audit }, effect }) => audit !== undefined && this.effects.write(audit, effect),
        recovered: (client) => this.failures.recovered(name, client),
      });
      service.exempt(moves);
      this.failures.follow(name, moves);
      this.subscriptions.add(service.joins$.subscribe((joined) => void moves.joined(joined)));
      this.services.set(name, moves);
    }
    this.subscriptions.add(this.stages.changes$.subscribe((change) => void this.begin(change)));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.subscriptions.unsubscribe();
    await this.effects.flush();
  }

  /** How long clients of this process may still move after the latest change of a service, in ms; 0 when none do. */
  left_ms(service: string): number {
    return this.services.get(service)?.left_ms ?? 0;
  }

  private async begin(change: StageChanged): Promise<void> {
    const { service } = change.to;
    if (!change.changesAdvice) return;
    try {
      await this.services.get(service)?.begin(change);
    } catch (error) {
      this.logger.error(`unable to announce the change of ${service}; ${String(error)}`);
    }
  }
}
