/**
 * Passes on text that comes in pieces of any size as at most one chunk in `interval_ms`: the first at once, then what
 * has come meanwhile. A chunk waits for the one before it.
 */
export class TextChunker {
  private pending = '';
  private sent = '';
  private index = 0;
  private timer: NodeJS.Timeout | undefined;
  private tail: Promise<unknown> = Promise.resolve();
  private failure: unknown;

  constructor(
    private readonly interval_ms: number,
    private readonly pass: (content: string, index: number) => Promise<unknown>,
  ) {}

  /** Everything passed on so far. */
  get text(): string {
    return this.sent;
  }

  /** Adds a piece. @throws what `pass` rejected with before */
  add(piece: string): void {
    if (this.failure) throw this.failure as Error;
    this.pending += piece;
    if (this.timer === undefined) this.next();
  }

  /** Passes on what is left and waits until everything is through. @throws what `pass` rejected with */
  async end(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.flush();
    await this.tail;
    if (this.failure) throw this.failure as Error;
  }

  private next(): void {
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.pending !== '') this.next();
    }, this.interval_ms);
    this.flush();
  }

  private flush(): void {
    const content = this.pending;
    if (content === '') return;
    this.pending = '';
    this.sent += content;
    const index = this.index++;
    this.tail = this.tail
      .then(() => this.failure ?? this.pass(content, index))
      .catch((error: unknown) => (this.failure = error));
  }
}
