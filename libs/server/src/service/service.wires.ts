import { Logger } from '@nestjs/common';
import type { LegacyClose, Position, WireChange, WireName } from '@switchyard/contract';
import type { MemberCount } from '../counters/member.count.js';
import type { ServiceCounters } from '../counters/service.counters.js';
import type { Delivery } from '../room/delivery.js';
import type { DeclaredWire } from './declared.wire.js';
import type { HostedPath, ServiceConnection, ServiceWire } from './service.wire.js';

/** The name by which stages advise every old wire. */
export const OLD_WIRE: WireName = 'legacy';

/** A connection of a service and its wire. */
interface WireConnection {
  wire: ServiceWire;
  connection: ServiceConnection;
}

/** The wires of one service: those that deliver its events, and the old ones that its gateway declares. */
export class ServiceWires {
  private readonly logger = new Logger('wires');
  private readonly delivering: ServiceWire[] = [];

  constructor(
    readonly declared: readonly DeclaredWire[],
    private readonly counters: Pick<ServiceCounters, 'delivered'>,
  ) {}

  /** Whether the service has an old wire that our client speaks. */
  get hasOldWire(): boolean {
    return this.declared.some(({ isForOurClient }) => isForOurClient);
  }

  /** Whether old clients reach the service, on a wire that our client may not speak. */
  get hasOldEndpoint(): boolean {
    return this.declared.length > 0 || this.delivering.some(({ advisedAs }) => advisedAs === OLD_WIRE);
  }

  /** The paths at which old code serves old clients of the service. */
  get hosted(): HostedPath[] {
    return this.delivering.flatMap(({ hosted }) => hosted ?? []);
  }

  /** How clients change between the service's old and new wires; only an old wire that our client speaks has positions. */
  get change(): WireChange {
    return this.hasOldWire ? 'lossless' : 'snapshot';
  }

  /** The service's open connections in this process, each with its wire; a wire that fails has none. */
  connections(): WireConnection[] {
    return this.delivering.flatMap((wire) => {
      try {
        return [...wire.connections()].map((connection) => ({ wire, connection }));
      } catch (error) {
        this.logger.error(`unable to list the connections of the wire ${wire.name}; ${String(error)}`);
        return [];
      }
    });
  }

  /** The service's open connections on its old wires in this process. */
  oldConnections(): ServiceConnection[] {
    return this.connections().flatMap(({ wire, connection }) => (wire.advisedAs === OLD_WIRE ? [connection] : []));
  }

  /** The name by which a stage advises the wire with this name; undefined when no stage names it. */
  advisedAs(name: string): WireName | undefined {
    return this.delivering.find((wire) => wire.name === name)?.advisedAs;
  }

  /** The name of the wire that our client calls so; undefined when it is none on which the service's events go out. */
  named(name: string): string | undefined {
    // Our client knows an old wire by the name by which stages advise it, whatever its kind.
    return (
      this.delivering.find((wire) => wire.name === name) ?? this.delivering.find(({ advisedAs }) => advisedAs === name)
    )?.name;
  }

  /** The codecs that the gateway declares for a wire, given the wire's class. */
  codecsOf(wire: DeclaredWire['type']): readonly object[] {
    return this.declared.filter(({ type }) => type === wire).map(({ codec }) => codec);
  }

  /** Adds a wire on which the service's events go out. */
  add(wire: ServiceWire): void {
    this.delivering.push(wire);
  }

  /**
   * Delivers on every wire, and counts that for the wires with members; one that fails does not keep the event from the
   * others.
   */
  deliver(room: string, delivery: Delivery, members: ReadonlyMap<string, MemberCount>): void {
    // Old endpoints of one kind have one name, and their members are counted together.
    const written = new Map<string, number>();
    for (const wire of this.inOrder(members)) {
      try {
        const bytes = wire.deliver(room, delivery) ?? 0;
        written.set(wire.name, (written.get(wire.name) ?? 0) + bytes);
      } catch (error) {
        this.logger.error(`unable to deliver ${delivery.event} in ${room}; ${String(error)}`);
      }
    }
    for (const [name, bytes] of written) {
      const count = members.get(name);
      if (count) this.counters.delivered(name, { members: count, bytes, at: delivery.at });
    }
  }

  /** The wires in the order in which an event goes out: those who only compare a wire wait for those who use another. */
  private inOrder(members: ReadonlyMap<string, MemberCount>): readonly ServiceWire[] {
    const compared = this.delivering.filter(({ name }) => members.get(name)?.clients === 0);
    if (compared.length === 0) return this.delivering;
    return [...this.delivering.filter((wire) => !compared.includes(wire)), ...compared];
  }

  /** Sends to one member; false when no wire of this process knows it. */
  send(memberId: string, room: string, delivery: Delivery): boolean {
    return this.delivering.some((wire) => wire.send(memberId, room, delivery));
  }

  missesHoles(memberId: string, room: string): boolean {
    return this.delivering.some((wire) => wire.missesHoles(memberId, room));
  }

  restart(memberId: string, room: string, snapshot: object | undefined, position: Position): void {
    const wire = this.delivering.find((each) => each.missesHoles(memberId, room));
    wire?.restart(memberId, room, snapshot, position);
  }

  drop(memberId: string, room: string, close?: LegacyClose): void {
    for (const wire of this.delivering) wire.drop(memberId, room, close);
  }
}
