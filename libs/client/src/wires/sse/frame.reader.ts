/** Reads the frames of an event stream from its text, which comes in pieces; comments and empty frames are left out. */
export class FrameReader {
  private rest = '';

  /** @param frame gets each frame's event and data */
  constructor(private readonly frame: (event: string, data: string) => unknown) {}

  read(text: string): void {
    const blocks = (this.rest + text).split(/\r?\n\r?\n/);
    this.rest = blocks.pop()!;
    for (const block of blocks) {
      const fields = { event: '', data: '' };
      for (const line of block.split(/\r?\n/)) {
        const [, name, value] = /^(event|data): ?(.*)$/.exec(line) ?? [];
        if (name) fields[name as keyof typeof fields] += value!;
      }
      if (fields.data) this.frame(fields.event, fields.data);
    }
  }
}
