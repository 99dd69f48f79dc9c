import type { WireName } from '@switchyard/contract';
import type { ServiceShadow, ShadowHost } from '../parity/service.shadow.js';

/** The place of a service's shadow, whose code is loaded when the server names a wire to compare with. */
export class ShadowSlot {
  current?: ServiceShadow;
  #wanted?: WireName | null;

  /** @param host undefined for a page that compares nothing */
  constructor(private readonly host: ShadowHost | undefined) {}

  /** Compares the wire in use with this one from now on; without one, the comparison ends. */
  compareWith(wire: WireName | null | undefined): void {
    const { host } = this;
    if (!host || wire === this.#wanted) return;
    this.end();
    this.#wanted = wire;
    if (!wire) return;
    const end = () => this.end();
    // A page whose server was updated may find the file gone.
    import('../parity/service.shadow.js').then((parity) => {
      // The code was loaded for another use, or twice for this one.
      if (wire !== this.#wanted || this.current) return;
      this.current = parity.startShadow(wire, host, end);
      if (!this.current) end();
    }, end);
  }

  end(): void {
    this.#wanted = undefined;
    this.current?.end();
    this.current = undefined;
  }
}
