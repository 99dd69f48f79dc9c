/** An estimate of the server's time, in milliseconds. */
export interface ClockEstimate {
  /** The server's Unix time minus this machine's. */
  offsetMs: number;
  /** The largest error of the estimate, either way. */
  uncertaintyMs: number;
}

/** A quartz clock drifts by up to this share, so an estimate gets less certain with age. */
const DRIFT = 0.0001;

/** Estimates the server's clock from the `server_time` of its answers. */
export class ServerClock {
  #best?: { server: number; at: number; uncertainty: number };

  /** Learns from the answer to a request sent at `sentAt`, a reading of `performance.now()`. */
  observe(serverTime: string | undefined, sentAt: number): void {
    const server = serverTime === undefined ? NaN : Date.parse(serverTime);
    if (Number.isNaN(server)) return;
    const now = performance.now();
    const at = (sentAt + now) / 2;
    const uncertainty = (now - sentAt) / 2 + 0.5;
    if (this.#best) {
      const known = this.#uncertaintyAt(now);
      const difference = Math.abs(server - (this.#best.server + at - this.#best.at));
      // A large difference means that this machine slept or the server's clock was set; then the new answer wins.
      if (known < uncertainty && difference <= known + uncertainty) return;
    }
    this.#best = { server, at, uncertainty };
  }

  /** The server's Unix time now, in ms; before the first answer, this machine's time. */
  now(): number {
    return this.#best ? this.#best.server + (performance.now() - this.#best.at) : Date.now();
  }

  /** Undefined before the first answer. */
  estimate(): ClockEstimate | undefined {
    if (!this.#best) return undefined;
    return { offsetMs: this.now() - Date.now(), uncertaintyMs: this.#uncertaintyAt(performance.now()) };
  }

  #uncertaintyAt(now: number): number {
    return this.#best ? this.#best.uncertainty + (now - this.#best.at) * DRIFT : Infinity;
  }
}
