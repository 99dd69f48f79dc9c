import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { MigrationState, ServiceHealth } from '@switchyard/contract';
import { Subject, type Observable, type Subscription } from 'rxjs';
import { ConnectedClients } from '../cutover/connected.clients.js';
import { FiguresReader } from '../figures/figures.reader.js';
import { ServiceRegistry } from '../service/service.registry.js';
import { Stages } from '../stages/stages.js';
import { timerMs } from '../timer/long.timer.js';
import type { Arm, Reading } from './figure.window.js';
import { judge, unknown, type Verdict } from './health.verdict.js';
import { ServiceWindows } from './service.windows.js';
import { SLO_DEFAULTS, type Slo } from './slo.js';
import { SloFile } from './slo.file.js';

/** The health of a service at the end of a window, and what it was judged by. */
export interface Evaluated {
  health: ServiceHealth;
  /** The state of the service during the windows that were judged. */
  state: MigrationState;
  slo: Slo;
}

/** What is watched of one service. */
interface Watched {
  windows: ServiceWindows;
  /** No window is judged that began earlier, in Unix ms. */
  since: number;
  health: ServiceHealth;
  timer?: NodeJS.Timeout;
}

/**
 * Judges at the end of each window how the clients of each service fare on the new wire, by the figures of all processes.
 * Each process does it for itself.
 */
@Injectable()
export class HealthWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('health');
  private readonly watched = new Map<string, Watched>();
  private readonly evaluated = new Subject<Evaluated>();
  private edits: Subscription | undefined;
  private isFailing = false;
  private isClosed = false;

  constructor(
    private readonly registry: ServiceRegistry,
    private readonly stages: Stages,
    private readonly figures: FiguresReader,
    private readonly clients: ConnectedClients,
    @Inject(SloFile) private readonly slos: Pick<SloFile, 'of' | 'edited$' | 'warnOfStrangers'>,
  ) {}

  /** The health of each service with thresholds, at the end of each of its windows. */
  get evaluated$(): Observable<Evaluated> {
    return this.evaluated;
  }

  onApplicationBootstrap(): void {
    for (const { contract, wires } of this.registry.all()) {
      const windows = new ServiceWindows((wire) => wires.advisedAs(wire));
      const health = this.healthOf(contract.name, unknown('no window has passed yet'));
      this.watched.set(contract.name, { windows, since: 0, health });
    }
    this.slos.warnOfStrangers();
    this.restart();
    this.edits = this.slos.edited$.subscribe(() => this.restart());
  }

  beforeApplicationShutdown(): void {
    this.isClosed = true;
    this.edits?.unsubscribe();
    for (const { timer } of this.watched.values()) clearTimeout(timer);
  }

  /** The health of a service in its last window. @throws Fault `service.unknown` */
  of(service: string): ServiceHealth {
    this.registry.get(service);
    return this.watched.get(service)?.health ?? this.healthOf(service, unknown('no window has passed yet'));
  }

  /** Begins the windows of all services anew, with the thresholds of the file as it is now. */
  private restart(): void {
    for (const [service, watched] of this.watched) {
      clearTimeout(watched.timer);
      watched.windows.clear();
      void this.turn(service, watched);
    }
  }

  /** Ends one window and waits for the end of the next; never rejects. */
  private async turn(service: string, watched: Watched): Promise<void> {
    const slo = this.slos.of(service);
    const timer = (watched.timer = setTimeout(
      () => void this.turn(service, watched),
      timerMs((slo ?? SLO_DEFAULTS).window_s * 1000),
    ).unref());
    const verdict = await this.verdictOf(service, watched, slo);
    // The file was edited meanwhile, or the process stops.
    if (this.isClosed) clearTimeout(watched.timer);
    if (this.isClosed || watched.timer !== timer) return;
    watched.health = this.healthOf(service, verdict);
    if (slo) this.evaluated.next({ health: watched.health, state: this.stages.of(service), slo });
  }

  private async verdictOf(service: string, watched: Watched, slo: Slo | undefined): Promise<Verdict> {
    const { windows } = watched;
    const window_ms = (slo ?? SLO_DEFAULTS).window_s * 1000;
    const before = this.stages.of(service);
    const closed = unjudged(before, slo);
    if (closed !== undefined) {
      windows.clear();
      return unknown(closed);
    }
    try {
      windows.add(await this.read(service, window_ms), window_ms);
      this.isFailing = false;
    } catch (error) {
      windows.clear();
      // What other processes could not write meanwhile comes with the first window afterwards.
      watched.since = Date.now() + window_ms;
      if (!this.isFailing) this.logger.warn(`unable to judge the services' health; ${String(error)}`);
      this.isFailing = true;
      return unknown('the figures could not be read');
    }
    const state = this.stages.of(service);
    // Clients need some time to move after a change.
    const since = Math.max(watched.since, Date.parse(state.updated_at) + window_ms);
    const latest = windows.latest(since);
    if (!latest.now) return unknown('no whole window has passed since the last change');
    return judge(slo!, latest.now, latest.before);
  }

  private async read(service: string, window_ms: number): Promise<Reading> {
    // One minute more than a window can have, for those that have just begun.
    const minutes = await this.figures.counts(service, Math.ceil(window_ms / 60_000) * 2 + 1);
    const { wires } = this.registry.get(service);
    const open: Record<Arm, number> = { legacy: 0, socketio: 0 };
    for (const [wire, count] of Object.entries(await this.clients.of(service))) {
      const arm = wires.advisedAs(wire);
      if (arm === 'legacy' || arm === 'socketio') open[arm] += count;
    }
    return { at: Date.now(), minutes, open };
  }

  private healthOf(service: string, verdict: Verdict): ServiceHealth {
    const window_s = (this.slos.of(service) ?? SLO_DEFAULTS).window_s;
    return { service, at: new Date().toISOString(), window_s, ...verdict };
  }
}

/** Why a service in this state is not judged; undefined when it is. */
function unjudged({ stage, closed }: MigrationState, slo: Slo | undefined): string | undefined {
  if (!slo) return 'no thresholds are declared';
  if (closed) return 'the new wire is closed';
  return stage === 'canary' || stage === 'socketio' ? undefined : 'no stage gives clients the new wire';
}
