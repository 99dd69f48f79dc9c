import type { JoinReply, Reply, WireName } from '@switchyard/contract';
import type { Caller } from '../caller/caller.js';
import type { MemberCount } from './member.count.js';
import { WireCounters, type ReportedCount } from './wire.counters.js';

/** Tells which arm of a migration clients belong to. */
export interface Arms {
  /** The arm of all clients of a wire; undefined for a wire that clients of each arm fall back to. */
  ofWire(wire: string): WireName | undefined;
  /** The arm of one client. */
  ofCaller(caller: Caller): Promise<WireName>;
}

/** An event that a wire has written. */
export interface Written {
  /** At least one. */
  members: MemberCount;
  /** The bytes for all members together; 0 where the wire does not know them. */
  bytes: number;
  /** When the event was appended, Unix time in ms; undefined for one without a position. */
  at?: number | undefined;
}

/** The arm of clients that belong to none, or to one that cannot be told. */
const NO_ARM = '';

/** Counts what happens to the clients of one service in this process, by wire and arm. */
export class ServiceCounters {
  private readonly byWire = new Map<string, Map<string, WireCounters>>();
  private arms: Arms | undefined;

  /** Tells clients apart by arm from now on. */
  divide(arms: Arms): void {
    this.arms = arms;
  }

  /** Counts a connection that was opened. */
  opened(caller: Caller): void {
    this.count(caller, (counters) => (counters.connections += 1));
  }

  /** Counts a connection that ended without a goodbye of its client, and not by this server. */
  lost(caller: Caller): void {
    this.count(caller, (counters) => (counters.lost += 1));
  }

  /** Counts a join that was answered. */
  joined(caller: Caller, hadPosition: boolean, { recovered }: JoinReply): void {
    this.count(caller, (counters) => {
      counters.joins += 1;
      if (!hadPosition) return;
      if (recovered) counters.recovered += 1;
      else counters.reset += 1;
    });
  }

  /** Counts a join that was refused. */
  joinFailed(caller: Caller, code: string): void {
    this.count(caller, (counters) => counters.joinFailed(code));
  }

  /** Counts a call that was answered. */
  answered(caller: Caller, reply: Reply): void {
    this.count(caller, (counters) => {
      if (reply.ok) counters.calls += 1;
      else counters.callFailed(reply.error.code);
    });
  }

  /** Counts an event that a wire has written to its members. */
  delivered(wire: string, { members: { clients, shadows }, bytes, at }: Written): void {
    // The clock of another process may be ahead.
    const ms = at === undefined ? undefined : Math.max(0, Date.now() - at);
    const toClients = Math.round((bytes * clients) / (clients + shadows));
    // Which members were there is not known any more, so on a wire of both arms this belongs to none.
    if (clients > 0) this.of(wire, this.arms?.ofWire(wire) ?? NO_ARM).delivered(clients, toClients, ms);
    // The time of an event counts once for each wire.
    if (shadows > 0) this.of(wire, NO_ARM).delivered(shadows, bytes - toClients, clients > 0 ? undefined : ms);
  }

  /** Counts what a client has reported about one wire. */
  reported(caller: Caller, wire: string, counts: readonly ReportedCount[]): void {
    this.count({ ...caller, wire }, (counters) => counts.forEach((count) => counters.reported(count)));
  }

  /** Counts an event that has arrived at a client so long after it was appended. */
  arrived(caller: Caller, wire: string, ms: number): void {
    this.count({ ...caller, wire }, (counters) => counters.arrived(ms));
  }

  /** Everything that was counted since the last time, by the names of counters. */
  drain(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const byArm of this.byWire.values()) for (const counters of byArm.values()) counters.drainInto(counts);
    return counts;
  }

  private count(caller: Caller, add: (counters: WireCounters) => void): void {
    const { wire } = caller;
    // What happens to a shadow happens to no client.
    const arm = this.arms && !caller.isShadow ? this.arms.ofWire(wire) : NO_ARM;
    if (arm !== undefined) return add(this.of(wire, arm));
    this.arms!.ofCaller(caller).then(
      (found) => add(this.of(wire, found)),
      () => add(this.of(wire, NO_ARM)),
    );
  }

  private of(wire: string, arm: string): WireCounters {
    let byArm = this.byWire.get(wire);
    if (!byArm) this.byWire.set(wire, (byArm = new Map<string, WireCounters>()));
    let counters = byArm.get(arm);
    if (!counters) byArm.set(arm, (counters = new WireCounters(wire, arm)));
    return counters;
  }
}
