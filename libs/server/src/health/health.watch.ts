import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { MigrationState, ServiceHealth } from '@switchyard/contract';
import { Subject, Subscription, type Observable } from 'rxjs';
import { minuteOf } from '../counters/series.writer.js';
import { ConnectedClients } from '../cutover/connected.clients.js';
import { FiguresReader } from '../figures/figures.reader.js';
import { ServiceRegistry } from '../service/service.registry.js';
import { Stages } from '../stages/stages.js';
import { timerMs } from '../timer/long.timer.js';
import type { Arm, Reading } from './figure.window.js';
import { judge, unknown, type Verdict } from './health.verdict.js';
import { ServiceWindows, WINDOW_PARTS } from './service.windows.js';
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
  /** When this process learned of the last change, or started, in Unix ms. */
  seenAt: number;
  health: ServiceHealth;
  timer?: NodeJS.Timeout;
  parts?: NodeJS.Timeout;
  isReadingPart?: boolean;
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
  private readonly subscriptions = new Subscription();
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
      this.watched.set(contract.name, { windows, since: 0, seenAt: Date.now(), health });
    }
    this.slos.warnOfStrangers();
    this.restart();
    this.subscriptions.add(this.slos.edited$.subscribe(() => this.restart()));
    this.subscriptions.add(
      this.stages.changes$.subscribe(({ from, to }) => {
        if (from.updated_at !== to.updated_at) this.changed(to.service);
      }),
    );
  }

  beforeApplicationShutdown(): void {
    this.isClosed = true;
    this.subscriptions.unsubscribe();
    for (const watched of this.watched.values()) stop(watched);
  }

  /** The health of a service in its last window. @throws Fault `service.unknown` */
  of(service: string): ServiceHealth {
    this.registry.get(service);
    return this.watched.get(service)?.health ?? this.healthOf(service, unknown('no window has passed yet'));
  }

  private changed(service: string): void {
    const watched = this.watched.get(service);
    if (watched) watched.seenAt = Date.now();
    this.restart(service);
  }

  /** Begins the windows anew: of all services with the thresholds of the file as it is now, or of one that was changed. */
  private restart(only?: string): void {
    for (const [service, watched] of this.watched) {
      if (only !== undefined && service !== only) continue;
      stop(watched);
      watched.windows.clear();
      void this.turn(service, watched, true);
    }
  }

  /** Ends one window, unless the next one is the first, and waits for the end of the next; never rejects. */
  private async turn(service: string, watched: Watched, isFirst = false): Promise<void> {
    stop(watched);
    const slo = this.slos.of(service);
    const window_ms = (slo ?? SLO_DEFAULTS).window_s * 1000;
    const timer = (watched.timer = setTimeout(() => void this.turn(service, watched), timerMs(window_ms)).unref());
    watched.parts = setInterval(() => void this.endPart(service, watched), window_ms / WINDOW_PARTS).unref();
    // The service or the file was changed meanwhile, or the process stops.
    const isOver = () => this.isClosed || watched.timer !== timer;
    const verdict = await this.verdictOf(service, watched, slo, isOver);
    if (this.isClosed) stop(watched);
    if (!verdict || isOver()) return;
    watched.health = this.healthOf(service, verdict);
    if (slo && !isFirst) this.evaluated.next({ health: watched.health, state: this.stages.of(service), slo });
  }

  /** Reads what happened in a part of a window; never rejects. A part that cannot be read is one with the next. */
  private async endPart(service: string, watched: Watched): Promise<void> {
    const { windows } = watched;
    const { begun } = windows;
    if (!begun || watched.isReadingPart) return;
    watched.isReadingPart = true;
    try {
      windows.addPart({ ...begun, ...(await this.counts(service, begun.at)) }, begun);
    } catch {
      // The end of the window says so.
    } finally {
      watched.isReadingPart = false;
    }
  }

  /** What the window that has just ended says; undefined when that is of no use any more. */
  private async verdictOf(
    service: string,
    watched: Watched,
    slo: Slo | undefined,
    isOver: () => boolean,
  ): Promise<Verdict | undefined> {
    const { windows } = watched;
    const window_ms = (slo ?? SLO_DEFAULTS).window_s * 1000;
    const before = this.stages.of(service);
    const closed = unjudged(before, slo);
    if (closed !== undefined) {
      windows.clear();
      return unknown(closed);
    }
    try {
      const reading = await this.read(service, windows.readSince(Date.now()));
      if (isOver()) return undefined;
      windows.add(reading, window_ms);
      this.isFailing = false;
    } catch (error) {
      if (isOver()) return undefined;
      windows.clear();
      // What other processes could not write meanwhile comes with the first window afterwards.
      watched.since = Date.now() + window_ms;
      if (!this.isFailing) this.logger.warn(`unable to judge the services' health; ${String(error)}`);
      this.isFailing = true;
      return unknown('the figures could not be read');
    }
    // The clock of the process that made the change may have been ahead.
    const changedAt = Math.min(Date.parse(this.stages.of(service).updated_at), watched.seenAt);
    // Clients need some time to move after a change.
    const since = Math.max(watched.since, changedAt + window_ms);
    return judge(slo!, {
      settled: windows.latest(since),
      recent: windows.latest(watched.since),
      long: windows.long(since),
    });
  }

  private async read(service: string, since: number): Promise<Reading> {
    const { wires } = this.registry.get(service);
    const open: Record<Arm, number> = { legacy: 0, socketio: 0 };
    for (const [wire, count] of Object.entries(await this.clients.of(service))) {
      const arm = wires.advisedAs(wire);
      if (arm === 'legacy' || arm === 'socketio') open[arm] += count;
    }
    // A silent process keeps us waiting above: the parts of the window that end meanwhile must not be later than its end.
    return { ...(await this.counts(service, since)), open };
  }

  /** What was counted in the minutes since `since` (Unix ms), and in the one before it. */
  private async counts(service: string, since: number): Promise<Omit<Reading, 'open'>> {
    const from = minuteOf(since) - 1;
    const minutes = await this.figures.counts(service, minuteOf(Date.now()) - from + 1);
    return { at: Date.now(), from, minutes };
  }

  private healthOf(service: string, verdict: Verdict): ServiceHealth {
    const window_s = (this.slos.of(service) ?? SLO_DEFAULTS).window_s;
    return { service, at: new Date().toISOString(), window_s, ...verdict };
  }
}

/** Why a service in this state is not judged; undefined when it is. */
function unjudged({ stage, closed }: MigrationState, slo: Slo | undefined): string | undefined {
  if (!slo || Object.keys(slo.thresholds).length === 0) return 'no thresholds are declared';
  if (closed) return 'the new wire is closed';
  return stage === 'canary' || stage === 'socketio' ? undefined : 'no stage gives clients the new wire';
}

function stop({ timer, parts }: Watched): void {
  clearTimeout(timer);
  clearInterval(parts);
}
