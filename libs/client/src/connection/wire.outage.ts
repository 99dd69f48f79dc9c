/** Measures how long a wire that was connected once is away. */
export class WireOutage {
  private everConnected = false;
  private lostAt?: number;

  get isOn(): boolean {
    return this.lostAt !== undefined;
  }

  /** Notes whether the wire is connected; gives the length of the outage that ends with this, in milliseconds. */
  observe(isConnected: boolean): number | undefined {
    const { lostAt } = this;
    if (isConnected) {
      this.everConnected = true;
      this.lostAt = undefined;
      return lostAt === undefined ? undefined : performance.now() - lostAt;
    }
    if (this.everConnected) this.lostAt ??= performance.now();
    return undefined;
  }
}
