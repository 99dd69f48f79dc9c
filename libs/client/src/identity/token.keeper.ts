import type { Fault, RemoteFault } from '@switchyard/contract';
import { Subject } from 'rxjs';
import { backoffDelay, type BackoffOptions } from '../backoff/backoff.js';
import { clientFault } from '../faults/client.faults.js';

/**
 * A token, or a function that gives one. It is called for every connection and request, so it may cache its token;
 * `spent` is a token that was refused or is about to expire, and must not be returned again.
 */
export type TokenSource = string | ((spent?: string) => string | undefined | Promise<string | undefined>);

/** The longest wait after refused tokens, as a multiple of the longest wait between two connections. */
const MAX_WAIT_FACTOR = 20;

/** Keeps the page's token: it asks the source once for all who wait, and again when the token is refused or expires. */
export class TokenKeeper {
  /** Faults that only the page can mend: its source fails, or gives another token that the server refuses. */
  readonly faults$ = new Subject<Fault | RemoteFault>();
  /** The last token that was given. */
  latest?: string;
  #spent?: string;
  #asking?: Promise<string | undefined>;
  /** The number of answers from the source, and that number when an answer was last refused. */
  #answers = 0;
  #refusedAnswer = 0;
  /** Answers refused in a row. */
  #refusals = 0;

  constructor(
    private readonly source: TokenSource | undefined,
    private readonly backoff: BackoffOptions,
  ) {
    if (typeof source === 'string') this.latest = source;
  }

  /** Whether the source can give a new token. */
  get renewable(): boolean {
    return typeof this.source === 'function';
  }

  /** Whether the token never changes; a page without a token may have a cookie, which can change. */
  get isFixed(): boolean {
    return typeof this.source === 'string';
  }

  /** Gives the token for a connection or a request, undefined when there is none; rejects when the source does. */
  token(): Promise<string | undefined> {
    const { source } = this;
    if (typeof source !== 'function') return Promise.resolve(source);
    return (this.#asking ??= this.#ask(source).finally(() => (this.#asking = undefined)));
  }

  /** Gives a token in place of `spent`: the latest when another caller has already renewed it, else a new one. */
  renewed(spent: string | undefined): Promise<string | undefined> {
    if (this.latest !== spent && this.latest !== this.#spent) return Promise.resolve(this.latest);
    this.#spent = this.latest;
    return this.token();
  }

  /** Records that the server refused a token as expired. */
  refused(token: string | undefined, fault: RemoteFault): void {
    if (token === this.latest) this.#spent = token;
    // The same answer may be refused in several namespaces at once.
    if (this.#refusedAnswer === this.#answers) return;
    this.#refusedAnswer = this.#answers;
    this.#refusals += 1;
    if (this.#refusals > 1) this.faults$.next(fault);
  }

  /** Records that the server accepted a token. */
  accepted(): void {
    this.#refusals = 0;
  }

  /** The least wait before another attempt, in ms: it doubles with each refused token, and is 0 without any. */
  retryDelay(): number {
    if (this.#refusals === 0) return 0;
    const maxMs = MAX_WAIT_FACTOR * this.backoff.maxMs;
    const minMs = Math.min(this.backoff.minMs * 2 ** (this.#refusals - 1), maxMs / 2);
    return backoffDelay({ minMs, maxMs }, 0);
  }

  close(): void {
    this.faults$.complete();
  }

  async #ask(source: Exclude<TokenSource, string>): Promise<string | undefined> {
    try {
      this.latest = await source(this.#spent);
    } catch (cause) {
      this.faults$.next(clientFault('token.unavailable', cause));
      throw cause;
    }
    this.#answers += 1;
    if (this.latest !== this.#spent) this.#spent = undefined;
    return this.latest;
  }
}
