import { performance } from 'node:perf_hooks';
import type { RoomConnection } from '../room/room.connection.js';
import { joinKey } from '../store/key.parts.js';
import type { Caller } from '../caller/caller.js';
import type { MoveEffect, WireName } from '@switchyard/contract';
import type { StageChanged } from '../stages/stages.js';
import { clientName } from './client.name.js';

/** How long clients may still arrive after the time within which they should, in ms: they wait for calls, and try again. */
const ARRIVAL_MS = 30_000;
/** How long after their time clients may still report that they could not move, in ms: a page reports once a minute. */
const REPORT_MS = 70_000;
/** How long it may take from a client's request for the configuration to its join, in ms. */
const STALE_MS = 10_000;
/** How many joins of one change are remembered; further ones count against the limit of joins. */
const MAX_JOINS = 100_000;
/** How many clients that could not move are remembered for one change. */
const MAX_FAILURES = 100_000;

/** The time after a change of a service's stage in which its clients move. */
export class MoveWindow {
  readonly effect: MoveEffect = { told: 0, moved: 0 };
  /** The connections that were told, by id. */
  private readonly told = new Set<string>();
  /** Where the clients were told to go, by name. */
  private readonly toldClients = new Map<string, WireName>();
  private readonly moved = new Set<string>();
  /** The clients that could not move, by name; true for those that this process has told. */
  private readonly failures = new Map<string, boolean>();
  private readonly joins = new Set<string>();
  private readonly began = performance.now();
  private endsAt = this.began + ARRIVAL_MS;

  constructor(readonly change: StageChanged) {}

  /** Whether a client that connects now may have read its configuration before the change. */
  get isNew(): boolean {
    return performance.now() < this.began + STALE_MS;
  }

  get isOpen(): boolean {
    return this.left_ms > 0;
  }

  /** How long clients may still arrive, in ms; not above 0 once it is over. */
  get left_ms(): number {
    return this.endsAt - performance.now();
  }

  /** Whether a client may still report that it could not move. */
  get takesReports(): boolean {
    return performance.now() < this.endsAt + REPORT_MS;
  }

  /** The clients should move within `ms` milliseconds from now. */
  extend(ms: number): void {
    this.endsAt = Math.max(this.endsAt, performance.now() + ms + ARRIVAL_MS);
  }

  /** The wire that a client on `wire` should move to; undefined when it is where it should be. */
  async destination(caller: Caller, wire: WireName | undefined): Promise<WireName | undefined> {
    const to = await this.change.after(caller);
    // A client on a fallback is on no wire that a stage names: only a change is news to it.
    const from = wire ?? (await this.change.before(caller));
    return to === from ? undefined : to;
  }

  /** Whether this change sends a client that is on `wire` now there. */
  async sends(caller: Caller, wire: WireName): Promise<boolean> {
    return (await this.change.after(caller)) === wire && (await this.change.before(caller)) !== wire;
  }

  /** Notes that a connection was told to move to a wire; false when it was told before. */
  tell({ id, caller }: RoomConnection, to: WireName): boolean {
    if (this.told.has(id)) return false;
    this.told.add(id);
    this.effect.told = this.toldClients.set(clientName(caller), to).size;
    this.effect.told_ms = Math.round(performance.now() - this.began);
    return true;
  }

  /** Notes that a client has arrived where this change sends it; false when it had arrived before. */
  arrive(caller: Caller): boolean {
    const name = clientName(caller);
    if (this.moved.has(name)) return false;
    this.moved.add(name);
    this.effect.moved += 1;
    this.effect.moved_ms = Math.round(performance.now() - this.began);
    return true;
  }

  /** Notes that a client could not move to a wire; another process may have told it to, and then the effect stays. */
  fail(client: string, to: WireName): 'arrived' | 'known' | 'told' | 'not told' {
    if (this.moved.has(client)) return 'arrived';
    if (this.failures.has(client) || this.failures.size >= MAX_FAILURES) return 'known';
    const wasTold = this.toldClients.get(client) === to;
    this.failures.set(client, wasTold);
    this.countFailures(wasTold ? 1 : 0);
    return wasTold ? 'told' : 'not told';
  }

  /** Takes a failure back, because the client has arrived; undefined when there was none, else whether that changes the effect. */
  recover(client: string): boolean | undefined {
    const wasTold = this.failures.get(client);
    this.failures.delete(client);
    this.countFailures(wasTold ? -1 : 0);
    return wasTold;
  }

  private countFailures(change: -1 | 0 | 1): void {
    const failed = (this.effect.failed ?? 0) + change;
    if (failed > 0) this.effect.failed = failed;
    else delete this.effect.failed;
  }

  /** Whether this is the first join of this client and room since the change. */
  isFirstJoin(caller: Caller, key: string | undefined): boolean {
    const join = joinKey(' ', clientName(caller), key ?? '');
    if (this.joins.has(join) || this.joins.size >= MAX_JOINS) return false;
    this.joins.add(join);
    return true;
  }
}
