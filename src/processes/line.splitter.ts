import { StringDecoder } from 'node:string_decoder';
import { cutBefore, piecesOf } from '../text/text.cut.js';

/** A longer line is handed on in pieces of at most this many UTF-16 units, cut between characters. */
const LONGEST_LINE = 4000;

/** Makes lines of the bytes of a stream, as they come; a line ends with `\n` or `\r\n`. */
export class LineSplitter {
  private readonly decoder = new StringDecoder('utf8');
  private rest = '';

  constructor(
    private readonly line: (text: string) => void,
    private readonly longest = LONGEST_LINE,
  ) {}

  /** Takes the next bytes; characters and lines may be cut anywhere. */
  write(bytes: Buffer): void {
    this.take(this.decoder.write(bytes));
  }

  /** Hands on what is left when the stream is over. */
  end(): void {
    this.take(this.decoder.end());
    if (this.rest !== '') this.hand(this.rest);
    this.rest = '';
  }

  private take(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop()!;
    for (const line of lines) this.hand(line.endsWith('\r') ? line.slice(0, -1) : line);
    while (this.rest.length > this.longest) {
      const end = cutBefore(this.rest, this.longest);
      this.line(this.rest.slice(0, end));
      this.rest = this.rest.slice(end);
    }
  }

  private hand(line: string): void {
    for (const piece of piecesOf(line, this.longest)) this.line(piece);
  }
}
