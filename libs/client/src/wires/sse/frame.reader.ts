/** Splits the text of an event stream, which arrives in pieces, into frames; it skips comments and empty frames. */
export class FrameReader {
  #rest = '';

  constructor(private readonly onFrame: (event: string, data: string) => unknown) {}

  read(text: string): void {
    const blocks = (this.#rest + text).split(/\r?\n\r?\n/);
    this.#rest = blocks.pop()!;
    for (const block of blocks) {
      const fields = { event: '', data: '' };
      for (const line of block.split(/\r?\n/)) {
        const [, name, value] = /^(event|data): ?(.*)$/.exec(line) ?? [];
        if (name) fields[name as keyof typeof fields] += value!;
      }
      if (fields.data) this.onFrame(fields.event, fields.data);
    }
  }
}
