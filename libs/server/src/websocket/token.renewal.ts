import type { RequestId } from '@switchyard/contract';

/** A message with a new token. */
export interface NewToken {
  readonly token: string;
  /** The id of the request, where it has one. */
  readonly request_id: RequestId | undefined;
}

/** Renews the token of one connection: one at a time, and of those that wait only the newest. */
export class TokenRenewal {
  private waiting: NewToken | undefined;
  private isBusy = false;

  /** @param renew checks and takes a token; it must not throw. */
  constructor(private readonly renew: (message: NewToken) => Promise<void>) {}

  /** Takes a token, as soon as the one before it is checked. */
  async take(message: NewToken): Promise<void> {
    this.waiting = message;
    if (this.isBusy) return;
    this.isBusy = true;
    for (let next = this.next(); next !== undefined; next = this.next()) await this.renew(next);
    this.isBusy = false;
  }

  private next(): NewToken | undefined {
    const next = this.waiting;
    this.waiting = undefined;
    return next;
  }
}
