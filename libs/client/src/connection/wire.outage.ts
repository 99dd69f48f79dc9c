/** Measures the outages of a wire, from each loss to the next connection. */
export class WireOutage {
  private wasConnected = false;
  private lostAt?: number;

  get isOn(): boolean {
    return this.lostAt !== undefined;
  }

  /** Notes whether the wire is connected; returns the milliseconds of an outage that ends now. */
  observe(isConnected: boolean): number | undefined {
    const { lostAt } = this;
    if (isConnected) {
      this.wasConnected = true;
      this.lostAt = undefined;
      return lostAt === undefined ? undefined : performance.now() - lostAt;
    }
    if (this.wasConnected) this.lostAt ??= performance.now();
    return undefined;
  }
}
