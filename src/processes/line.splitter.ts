import { StringDecoder } from 'node:string_decoder';
import { cutBefore, piecesOf } from '../text/text.cut.js';

/** Longer lines are split between characters into pieces of at most this many UTF-16 units. */
const MAX_LINE_LENGTH = 4000;

/** Splits a byte stream into lines that end with `\n` or `\r\n`. */
export class LineSplitter {
  private readonly decoder = new StringDecoder('utf8');
  private rest = '';

  constructor(
    private readonly line: (text: string) => void,
    private readonly maxLength = MAX_LINE_LENGTH,
  ) {}

  /** Adds bytes, which may split characters and lines anywhere. */
  write(bytes: Buffer): void {
    this.take(this.decoder.write(bytes));
  }

  /** Emits the rest at the end of the stream. */
  end(): void {
    this.take(this.decoder.end());
    if (this.rest !== '') this.emit(this.rest);
    this.rest = '';
  }

  private take(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop()!;
    for (const line of lines) this.emit(line.endsWith('\r') ? line.slice(0, -1) : line);
    while (this.rest.length > this.maxLength) {
      const end = cutBefore(this.rest, this.maxLength);
      this.line(this.rest.slice(0, end));
      this.rest = this.rest.slice(end);
    }
  }

  private emit(line: string): void {
    for (const piece of piecesOf(line, this.maxLength)) this.line(piece);
  }
}
