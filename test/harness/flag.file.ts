import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A migration flag as the tests write it; without `targeting` a canary is the share of its percentage. */
export interface TestFlag {
  stage: string;
  percent?: number;
  targeting?: object;
}

function definitionOf({ stage, percent, targeting }: TestFlag): object {
  const share = percent !== undefined && {
    fractional: [
      ['socketio', percent],
      ['legacy', 100 - percent],
    ],
  };
  const rules = targeting ?? share;
  return {
    state: 'ENABLED',
    variants: { legacy: 'legacy', socketio: 'socketio' },
    defaultVariant: stage === 'socketio' ? 'socketio' : 'legacy',
    ...(rules && { targeting: rules }),
    metadata: { stage, ...(percent !== undefined && { percent }) },
  };
}

/** A flag file in a folder of its own. */
export class TestFlagFile {
  private constructor(private readonly folder: string) {}

  static async of(flags: Readonly<Record<string, TestFlag>>): Promise<TestFlagFile> {
    const file = new TestFlagFile(await mkdtemp(join(tmpdir(), 'switchyard-flags-')));
    await file.write(flags);
    return file;
  }

  get path(): string {
    return join(this.folder, 'flags.json');
  }

  /** Replaces the flags, which are named by their services; `rest` is added to the file. */
  async write(flags: Readonly<Record<string, TestFlag>>, rest: object = {}): Promise<void> {
    const definitions = Object.entries(flags).map(([service, flag]) => [`realtime-${service}`, definitionOf(flag)]);
    await this.writeText(JSON.stringify({ flags: Object.fromEntries(definitions) as object, ...rest }));
  }

  /** Replaces the whole file by a text. */
  writeText(text: string): Promise<void> {
    return writeFile(this.path, text);
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }
}
