/** The server's time as estimated here, and how far it may be off, in milliseconds. */
export interface ClockEstimate {
  /** Server's Unix time less this machine's. */
  offsetMs: number;
  /** The estimate is right within plus or minus this. */
  uncertaintyMs: number;
}

/** A quartz clock strays by up to this share, so an old estimate grows less certain. */
const DRIFT = 0.0001;

/** Estimates the server's clock from the `server_time` of its answers. */
export class ServerClock {
  private best?: { server: number; at: number; uncertainty: number };

  /** Takes in an answer that was asked for at `sentAt`, a reading of `performance.now()`. */
  observe(serverTime: string | undefined, sentAt: number): void {
    const server = serverTime === undefined ? NaN : Date.parse(serverTime);
    if (Number.isNaN(server)) return;
    const now = performance.now();
    const at = (sentAt + now) / 2;
    const uncertainty = (now - sentAt) / 2 + 0.5;
    if (this.best) {
      const known = this.uncertaintyAt(now);
      const difference = Math.abs(server - (this.best.server + at - this.best.at));
      // Both cannot be right: a machine that slept counts no time in between, and a server's clock may be set.
      if (known < uncertainty && difference <= known + uncertainty) return;
    }
    this.best = { server, at, uncertainty };
  }

  /** The server's Unix time now; this machine's before the first answer. */
  now(): number {
    return this.best ? this.best.server + (performance.now() - this.best.at) : Date.now();
  }

  /** Undefined before the first answer. */
  estimate(): ClockEstimate | undefined {
    if (!this.best) return undefined;
    return { offsetMs: this.now() - Date.now(), uncertaintyMs: this.uncertaintyAt(performance.now()) };
  }

  private uncertaintyAt(now: number): number {
    return this.best ? this.best.uncertainty + (now - this.best.at) * DRIFT : Infinity;
  }
}
