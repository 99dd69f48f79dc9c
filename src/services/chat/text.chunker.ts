/**
 * Joins pieces of text into chunks, and sends at most one chunk in `interval_ms`: the first piece at once, then all
 * pieces since the last chunk. A chunk waits until the one before it is sent.
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
    private readonly send: (content: string, index: number) => Promise<unknown>,
  ) {}

  /** The text sent so far. */
  get text(): string {
    return this.sent;
  }

  /** Adds a piece. @throws the error of an earlier `send` */
  add(piece: string): void {
    if (this.failure) throw this.failure as Error;
    this.pending += piece;
    if (this.timer === undefined) this.next();
  }

  /** Sends the remaining text, and waits until all chunks are sent. @throws the error of `send` */
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
      .then(() => this.failure ?? this.send(content, index))
      .catch((error: unknown) => (this.failure = error));
  }
}
