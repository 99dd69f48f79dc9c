import type { RemoteFault, ServiceContract, WireName } from '@switchyard/contract';
import { stopwatch } from '../clock/stopwatch.js';
import type { RoomSubscription, RoomTap } from '../room/room.subscription.js';
import type { ComparedCodecs } from './event.forms.js';
import type { ComparisonFindings } from '../statistics/page.report.js';
import { retryAfterMs } from '../transport/refusal.js';
import type { Transport } from '../transport/transport.js';
import { Comparison, type ComparedRoom } from './comparison.js';
import { Findings } from './findings.js';
import { RepeatedCalls } from './repeated.calls.js';
import { ShadowSink } from './shadow.sink.js';

/** What a shadow needs from its service. */
export interface ServiceShadowOptions extends ComparedCodecs {
  contract: ServiceContract;
  /** The wire in use. */
  own: WireName;
  /** The service on the wire that is compared with it, not connected yet. */
  transport: Transport;
  /** Gives the findings of earlier comparisons of the same wires, or those that `make` makes. */
  findings(make: (changed: () => void) => Findings): ComparisonFindings;
  /** The rooms that are open now. */
  rooms: Iterable<RoomSubscription>;
  /** Reports that the shadow has ended by itself. */
  ended(): void;
}

interface Shadowed {
  compared: ComparedRoom;
  sink: ShadowSink;
}

/** After so many failed attempts the shadow ends, so that it burdens no server that cannot be reached. */
const MAX_FAILURES = 5;

/** The least wait before a refused join is sent again, in ms. */
const MIN_REJOIN_MS = 1000;

/**
 * Joins a service's open rooms on a second wire, and compares what comes there with what the wire in use brings. Nothing
 * of it is rendered, and whatever goes wrong on the second wire only ends the comparison.
 */
export class ServiceShadow {
  private readonly findings: Findings;
  private readonly comparison: Comparison;
  private readonly calls: RepeatedCalls;
  private readonly rooms = new Map<RoomSubscription, Shadowed>();
  private isOver = false;
  private readonly age = stopwatch();

  constructor(private readonly options: ServiceShadowOptions) {
    const { contract, legacy, root, own, transport } = options;
    const wires = { old: own, new: transport.wire };
    this.findings = options.findings((changed) => new Findings(contract.name, wires, changed)) as Findings;
    const { findings } = this;
    this.comparison = new Comparison({ contract, codecs: { legacy, root }, findings });
    this.calls = new RepeatedCalls({ contract, transport, findings, forms: this.comparison.forms, now: this.age });
    transport.connect();
    for (const room of options.rooms) this.opened(room);
    transport.state$.subscribe(({ status, failures, fault }) => {
      // A refusal of the whole service says that it is not to be had here.
      if (status === 'closed' || fault || failures >= MAX_FAILURES) this.giveUp();
    });
  }

  /** Compares a room from now on. */
  opened(room: RoomSubscription): void {
    if (this.isOver) return;
    const { own, transport } = this.options;
    // A room that the page has left may still be compared; both would be one room for the wire.
    for (const other of this.rooms.keys()) if (other.id === room.id) this.leave(other);
    const compared = this.comparison.open(room.name);
    const lane = compared.lane('old');
    const position = room.position();
    if (room.isLive(own)) lane.joined({ recovered: false, ...position });
    const ofOwn = (take: () => void, wire: WireName) => wire === own && take();
    const tap: RoomTap = {
      joined: (wire, reply) => ofOwn(() => lane.joined(reply), wire),
      event: (wire, event) => ofOwn(() => lane.event(event), wire),
      lost: (wire) => ofOwn(() => lane.lost(), wire),
    };
    room.tap = tap;
    const sink = new ShadowSink(room, compared.lane('new'), {
      rejoin: (again) => transport.join(again),
      refused: (_again, fault) => this.refused(room, fault),
    });
    this.rooms.set(room, { compared, sink });
    transport.join(sink);
  }

  /** Compares what has come in a room that the page has left, and leaves it too. */
  closed(room: RoomSubscription): void {
    const shadowed = this.rooms.get(room);
    room.tap = undefined;
    if (!shadowed) return;
    const { compared } = shadowed;
    compared.end('old');
    this.comparison.whenReviewed(() => {
      if (compared.comparator.isDecided) this.leave(room);
      return !this.rooms.has(room);
    });
  }

  /** Takes a call that the wire in use has answered; some are made again on the other wire. */
  answered(call: string, payload: object, data: unknown): void {
    if (!this.isOver) this.calls.answered(call, payload, data);
  }

  /** Ends the comparison at once. */
  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.rooms.forEach((_shadowed, room) => (room.tap = undefined));
    this.rooms.clear();
    this.comparison.close();
    this.options.transport.close();
  }

  private refused(room: RoomSubscription, fault: RemoteFault): void {
    // A limit passes; what refuses the whole service or this client does not.
    if (fault.code === 'rate.limited') {
      const delayMs = Math.max(retryAfterMs(fault), MIN_REJOIN_MS);
      const again = () => {
        const shadowed = this.rooms.get(room);
        if (shadowed) this.options.transport.join(shadowed.sink);
      };
      this.comparison.timers.after(delayMs, again);
    } else if (fault.code.startsWith('room.') || fault.code === this.options.contract.notFound) this.leave(room);
    else this.giveUp();
  }

  private leave(room: RoomSubscription): void {
    const shadowed = this.rooms.get(room);
    if (!shadowed) return;
    this.rooms.delete(room);
    room.tap = undefined;
    this.options.transport.leave(shadowed.sink);
    this.comparison.forget(shadowed.compared);
  }

  private giveUp(): void {
    if (this.isOver) return;
    this.end();
    this.options.ended();
  }
}
