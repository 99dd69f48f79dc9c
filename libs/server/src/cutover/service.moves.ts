import { performance } from 'node:perf_hooks';
import { Logger } from '@nestjs/common';
import { Fault, type WireName } from '@switchyard/contract';
import type { Caller } from '../caller/caller.js';
import type { AskedJoin, FreeJoins } from '../service/free.joins.js';
import type { Joined } from '../service/join.admission.js';
import type { ServiceRuntime } from '../service/service.runtime.js';
import type { ServiceConnection } from '../service/service.wire.js';
import type { StageChanged } from '../stages/stages.js';
import { timerMs } from '../timer/long.timer.js';
import { clientName } from './client.name.js';
import type { MovePace } from './move.pace.js';
import { MoveWindow } from './move.window.js';

/** How many connections are looked at, or told, in one step of the event loop. */
const STEP = 200;

/** How long a move may take once its moment has come, before an old wire that is retired closes, in ms. */
const LAST_MOVE_MS = 5000;

/** A connection that should move. */
interface Mover {
  connection: ServiceConnection;
  to: WireName;
}

/** What a service's moves need. */
export interface ServiceMovesOptions {
  pace: MovePace;
  /** The effect of a change has changed. */
  effected(window: MoveWindow): void;
  /** A client has arrived that had reported a failure, maybe to another process too. */
  recovered(client: string): void;
}

/** Tells the clients of one service that are on another wire than they are advised, and follows them there. */
export class ServiceMoves implements FreeJoins {
  private readonly logger = new Logger('cutover');
  /** The latest change. */
  private window: MoveWindow | undefined;
  /** Where connections were told to go that may still wait for their moment, by id. */
  private readonly waiting = new Map<string, { to: WireName; until: number }>();

  constructor(
    private readonly service: ServiceRuntime,
    private readonly options: ServiceMovesOptions,
  ) {}

  /** Tells every connection whose wire differs from the advice after a change; a newer change overtakes it. */
  async begin(change: StageChanged): Promise<void> {
    const window = (this.window = new MoveWindow(change));
    const movers: Mover[] = [];
    this.forgetArrivals();
    await this.inSteps(window, this.service.wires.connections(), async ({ wire, connection }) => {
      // One that only compares the wires stays until its client ends it.
      if (!connection.takesControl || connection.caller.isShadow) return;
      // One that is about to leave for another wire has to be told that it should not, although it is still where it belongs.
      const heading = this.waiting.get(connection.id)?.to ?? wire.advisedAs;
      const to = await window.destination(connection.caller, heading);
      if (to !== undefined) movers.push({ connection, to });
    });
    const within = this.within(movers);
    await this.inSteps(window, movers, ({ connection, to }) => this.tell(window, connection, to, within.get(to)!));
    if (change.to.stage !== 'retired') return;
    const last_ms = movers.length > 0 ? Math.max(...within.values()) + LAST_MOVE_MS : 0;
    this.retireAfter(window, last_ms);
  }

  /** How long clients of the latest change may still move, in ms; 0 when none do. */
  get left_ms(): number {
    return Math.max(0, this.window?.left_ms ?? 0);
  }

  /** Whether a join is part of an announced move; true once for each client and room. */
  async isFree({ caller, key, hasPosition }: AskedJoin): Promise<boolean> {
    const window = this.openWindow();
    const wire = this.service.wires.advisedAs(caller.wire);
    if (!window || wire === undefined || !hasPosition || caller.isShadow) return false;
    return (await window.sends(caller, wire)) && window.isFirstJoin(caller, key);
  }

  /** Follows a client that has joined a room; never rejects. */
  async joined({ connection, hasPosition }: Joined): Promise<void> {
    const window = this.openWindow();
    const { caller } = connection;
    const wire = this.service.wires.advisedAs(caller.wire);
    if (!window || wire === undefined || caller.isShadow) return;
    try {
      if (hasPosition && (await window.sends(caller, wire))) this.arrived(window, caller, wire);
      else if (connection.isOurClient && window.isNew) await this.tellLate(window, connection, wire);
    } catch (error) {
      this.logger.error(`unable to follow a move of ${this.service.contract.name}; ${String(error)}`);
    }
  }

  /** A client has reported that it could not move; tells whether it has arrived in this process, or that is known already. */
  failed(client: string, to: WireName): 'arrived' | 'known' | 'noted' {
    const window = this.openWindow() ?? this.window;
    const outcome = window?.fail(client, to) ?? 'known';
    if (outcome === 'told') this.options.effected(window!);
    return outcome === 'arrived' || outcome === 'known' ? outcome : 'noted';
  }

  /** A client has arrived in another process. */
  recover(client: string): void {
    if (this.window?.recover(client)) this.options.effected(this.window);
  }

  /** Ends what is still on the old wires of a retired service, once those who can move have had their time. */
  private retireAfter(window: MoveWindow, ms: number): void {
    const { name: service, namespace } = this.service.contract;
    const error = new Fault('service.retired', { service, to: 'socketio', namespace }).toBody();
    const retire = () => this.inSteps(window, this.service.wires.oldConnections(), (old) => old.retire?.(error));
    setTimeout(() => void retire(), timerMs(ms)).unref();
  }

  /** The window in which clients still move; forgets one that is over and has had its reports, with all that it remembers. */
  private openWindow(): MoveWindow | undefined {
    if (this.window?.isOpen) return this.window;
    if (!this.window?.takesReports) this.window = undefined;
    this.waiting.clear();
    return undefined;
  }

  private arrived(window: MoveWindow, caller: Caller, wire: WireName): void {
    if (!window.arrive(caller)) return;
    const client = clientName(caller);
    if (window.recover(client) !== undefined) this.options.recovered(client);
    this.options.pace.moved(wire);
    this.options.effected(window);
  }

  /** Tells a connection that joins after the others were told: its client may have read its configuration before the change. */
  private async tellLate(window: MoveWindow, connection: ServiceConnection, wire: WireName): Promise<void> {
    const to = await window.destination(connection.caller, wire);
    if (to === undefined || window !== this.window) return;
    this.tell(window, connection, to, this.options.pace.within(to, 1));
  }

  private tell(window: MoveWindow, connection: ServiceConnection, to: WireName, within_ms: number): void {
    if (!window.tell(connection, to)) return;
    window.extend(within_ms);
    this.waiting.set(connection.id, { to, until: performance.now() + within_ms });
    const { stage, closed } = window.change.to;
    const payload = { service: this.service.contract.name, to, reason: closed ? 'closed' : stage, within_ms };
    connection.control({ event: 'transport_switch', payload });
    this.options.effected(window);
  }

  private forgetArrivals(): void {
    const now = performance.now();
    for (const [id, { until }] of this.waiting) if (until < now) this.waiting.delete(id);
  }

  /** The time within which the clients should move to each wire, in ms. */
  private within(movers: readonly Mover[]): Map<WireName, number> {
    const clients = new Map<WireName, Set<string>>();
    for (const { connection, to } of movers) {
      clients.set(to, (clients.get(to) ?? new Set()).add(clientName(connection.caller)));
    }
    return new Map([...clients].map(([to, { size }]) => [to, this.options.pace.within(to, size)]));
  }

  /** Does work for each item until a newer change comes, and lets the event loop do other work in between. */
  private async inSteps<T>(window: MoveWindow, items: readonly T[], work: (item: T) => unknown): Promise<void> {
    for (const [index, item] of items.entries()) {
      if (index % STEP === STEP - 1) await new Promise((resolve) => setImmediate(resolve));
      if (window !== this.window) return;
      await this.attempt(() => work(item));
    }
  }

  /** Never rejects: a wire or a codec of the application may fail on one connection, and the others have to be told too. */
  private async attempt(work: () => unknown): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.error(`unable to tell a client of ${this.service.contract.name} about the change; ${String(error)}`);
    }
  }
}
