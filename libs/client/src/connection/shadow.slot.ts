import type { ServiceAddress, ServiceContract, WireName } from '@switchyard/contract';
import type { ComparedCodecs } from '../parity/event.forms.js';
import type { ServiceShadow } from '../parity/service.shadow.js';
import type { RoomSubscription } from '../room/room.subscription.js';
import type { ServiceStatistics } from '../statistics/service.statistics.js';
import type { Transport } from '../transport/transport.js';
import type { ServiceWires } from './service.wires.js';

/** How a service is compared on a second wire. */
export interface ShadowOptions extends ComparedCodecs {
  /** Makes the service's transport for that wire; undefined when this client cannot use it. */
  transport(wire: WireName, address: ServiceAddress): Transport | undefined;
}

/** The part of a service's connection that its shadow uses. */
export interface ShadowHost {
  contract: ServiceContract;
  statistics: ServiceStatistics;
  wires: Pick<ServiceWires, 'destination' | 'mover' | 'ownTransport'>;
  rooms(): Iterable<RoomSubscription>;
}

/** The place of a service's shadow, whose code is loaded when the server names a wire to compare with. */
export class ShadowSlot {
  private shadow?: ServiceShadow;
  private wanted?: WireName;

  constructor(
    private readonly host: ShadowHost,
    /** Undefined for a page that compares nothing. */
    private readonly options: ShadowOptions | undefined,
  ) {}

  get current(): ServiceShadow | undefined {
    return this.shadow;
  }

  /** Compares the wire in use with this one from now on; without one, the comparison ends. */
  compareWith(wire: WireName | null | undefined): void {
    if (!this.options || (wire && wire === this.wanted)) return;
    this.end();
    if (!wire) return;
    this.wanted = wire;
    // A page whose server was updated may find the file gone.
    import('../parity/service.shadow.js').then(
      (loaded) => wire === this.wanted && this.begin(wire, loaded.ServiceShadow),
      () => this.end(),
    );
  }

  end(): void {
    this.wanted = undefined;
    this.shadow?.end();
    this.shadow = undefined;
  }

  private begin(wire: WireName, Shadow: typeof ServiceShadow): void {
    const { contract, statistics, wires, rooms } = this.host;
    const own = wires.ownTransport?.wire;
    const transport =
      own && own !== wire && !wires.mover.transport && this.options!.transport(wire, wires.destination!);
    if (!transport) return this.end();
    this.shadow = new Shadow({
      ...this.options,
      contract,
      own,
      transport,
      findings: (make) => statistics.comparison(`${own} ${wire}`, make),
      rooms: rooms(),
      ended: () => this.end(),
    });
  }
}
