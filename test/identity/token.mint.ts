import { userToken } from '../harness/user.token.js';

/** A page's token source as pages have them: it keeps the token it has while that is good. */
export class TokenMint {
  /** How often it was asked, and how many tokens it has made. */
  asked = 0;
  made = 0;
  /** Whether it takes no notice of being told that its token is spent, and looks at the clock only. */
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
