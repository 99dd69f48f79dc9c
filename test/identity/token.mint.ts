import { userToken } from '../harness/user.token.js';

/** A typical token source of a page, which keeps its token while that is valid. */
export class TokenMint {
  /** The number of its requests, and of its tokens. */
  asked = 0;
  made = 0;
  /** Whether it ignores that its token was refused, and uses only the clock. */
  isDeaf = false;
  private kept?: { token: string; ends: number };

  constructor(public life_ms: number) {}

  readonly source = async (spent?: string): Promise<string> => {
    this.asked += 1;
    const isSpent = this.isDeaf ? (this.kept?.ends ?? 0) <= Date.now() : this.kept?.token === spent;
    if (!this.kept || isSpent) {
      this.made += 1;
      const ends = Date.now() + this.life_ms;
      this.kept = { token: await userToken('ada', ends), ends };
    }
    return this.kept.token;
  };
}
