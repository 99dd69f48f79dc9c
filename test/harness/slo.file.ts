import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fastFolder } from './fast.folder.js';

/** A file of thresholds in a folder of its own. */
export class TestSloFile {
  private readonly folder = fastFolder();

  /** A file that says this for every service, with windows short enough for a test. */
  static of(slo: object): TestSloFile {
    const file = new TestSloFile();
    file.write({ default: { window_s: 0.5, min_sample: 100, ...slo } });
    return file;
  }

  get path(): string {
    return join(this.folder, 'slo.json');
  }

  /** Replaces the file, by an object or a text. */
  write(content: object | string): void {
    writeFileSync(this.path, typeof content === 'string' ? content : JSON.stringify(content));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
