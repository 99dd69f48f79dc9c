/** Renews the token of one connection: one at a time, and of those that wait only the newest. */
export class TokenRenewal {
  private waiting: string | undefined;
  private isBusy = false;

  /** @param renew checks and takes a token; it must not throw. */
  constructor(private readonly renew: (token: string) => Promise<void>) {}

  /** Takes a token, as soon as the one before it is checked. */
  async take(token: string): Promise<void> {
    this.waiting = token;
    if (this.isBusy) return;
    this.isBusy = true;
    for (let next = this.next(); next !== undefined; next = this.next()) await this.renew(next);
    this.isBusy = false;
  }

  private next(): string | undefined {
    const next = this.waiting;
    this.waiting = undefined;
    return next;
  }
}
