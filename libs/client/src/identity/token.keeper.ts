import type { Fault, RemoteFault } from '@switchyard/contract';
import { Subject } from 'rxjs';
import { backoffDelay, type BackoffOptions } from '../backoff/backoff.js';
import { clientFault } from '../faults/client.faults.js';

/**
 * A token, or how to get one. A function is asked again for every connection and request, so it may keep what it has; it is
 * given the token that was refused or is about to end when it must not answer with that one any more.
 */
export type TokenSource = string | ((spent?: string) => string | undefined | Promise<string | undefined>);

/** How many times longer than for a lost connection is waited for a token, where one after the other is refused. */
const PATIENCE = 20;

/** The page's token: asked for once by all who need it at a time, and again when it is refused or about to end. */
export class TokenKeeper {
  /** What the page itself may have to see to: a source that fails, or that has been asked again and gave no better token. */
  readonly faults$ = new Subject<Fault | RemoteFault>();
  private latest?: string;
  private spent?: string;
  private asking?: Promise<string | undefined>;
  /** How often the source has answered, and which answer was refused last. */
  private answers = 0;
  private refusedAnswer = 0;
  /** Answers refused in a row. */
  private refusals = 0;

  constructor(
    private readonly source: TokenSource | undefined,
    private readonly backoff: BackoffOptions,
  ) {}

  /** Whether a new token can be had. */
  get renewable(): boolean {
    return typeof this.source === 'function';
  }

  /** Whether it is always the same one; a page without any may have a cookie, which the next connection brings anew. */
  get isFixed(): boolean {
    return typeof this.source === 'string';
  }

  /** The token for a connection or a request; undefined without one. Rejects as the source does. */
  token(): Promise<string | undefined> {
    const { source } = this;
    if (typeof source !== 'function') return Promise.resolve(source);
    return (this.asking ??= this.ask(source).finally(() => (this.asking = undefined)));
  }

  /** A token in place of `spent`: the one that somebody else has got meanwhile, unless it was refused, else what the source gives. */
  renewed(spent: string | undefined): Promise<string | undefined> {
    if (this.latest !== spent && this.latest !== this.spent) return Promise.resolve(this.latest);
    this.spent = this.latest;
    return this.token();
  }

  /** The server refused a token as expired. */
  refused(token: string | undefined, fault: RemoteFault): void {
    if (token === this.latest) this.spent = token;
    // The same answer may be refused in several namespaces at once.
    if (this.refusedAnswer === this.answers) return;
    this.refusedAnswer = this.answers;
    this.refusals += 1;
    if (this.refusals > 1) this.faults$.next(fault);
  }

  /** The server took a token. */
  accepted(): void {
    this.refusals = 0;
  }

  /** How long to wait at the least before another attempt, in ms: twice as long after each token refused, 0 after none. */
  retryDelay(): number {
    if (this.refusals === 0) return 0;
    const maxMs = PATIENCE * this.backoff.maxMs;
    const minMs = Math.min(this.backoff.minMs * 2 ** (this.refusals - 1), maxMs / 2);
    return backoffDelay({ minMs, maxMs }, 0);
  }

  close(): void {
    this.faults$.complete();
  }

  private async ask(source: Exclude<TokenSource, string>): Promise<string | undefined> {
    try {
      this.latest = await source(this.spent);
    } catch (cause) {
      this.faults$.next(clientFault('token.unavailable', cause));
      throw cause;
    }
    this.answers += 1;
    if (this.latest !== this.spent) this.spent = undefined;
    return this.latest;
  }
}
