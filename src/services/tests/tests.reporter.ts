import type { RoomPublish } from '@switchyard/server';
import type { TestCompleted, TestOutput, TestsTypes } from '@switchyard/services';
import type { StoredExecution, TestsStore } from './tests.store.js';
import type { TestsSettings } from './tests.settings.js';

/** Publishes an event in the room of a run, with the writes that belong to it. */
export type Publish = RoomPublish<TestsTypes>;

/** Publishes the progress and the end of a test run; each event and its writes are one transaction. */
export class TestsReporter {
  private lines = 0;
  private characters = 0;

  constructor(
    private execution: StoredExecution,
    private readonly store: TestsStore,
    private readonly settings: TestsSettings,
    private readonly publish: Publish,
  ) {}

  /** Publishes that the run has begun. */
  running(): void {
    const timestamp = this.change({ status: 'running' });
    void this.publish('test_status', { status: 'running', timestamp }, [this.store.put(this.execution)]);
  }

  /** Publishes a line of output, up to the limits of one run. */
  line(stream: TestOutput['stream'], line: string): void {
    const { maxLines, maxCharacters } = this.settings;
    if (this.lines > maxLines || this.characters > maxCharacters) return;
    this.characters += line.length;
    const isTooMuch = this.lines === maxLines || this.characters > maxCharacters;
    if (isTooMuch) this.characters = Infinity;
    const text = isTooMuch ? 'The rest of the output is not kept; it is too long' : line;
    const output: TestOutput = {
      line: text,
      stream: isTooMuch ? 'stderr' : stream,
      timestamp: new Date().toISOString(),
    };
    void this.publish('test_output', output, [this.store.putLine(this.execution.execution_id, this.lines, output)]);
    this.lines += 1;
  }

  /** Publishes the end of the run; resolves once it is durable. */
  async end(ended: Omit<TestCompleted, 'timestamp'>): Promise<void> {
    const result: TestCompleted = { ...ended, timestamp: '' };
    result.timestamp = this.change({ status: ended.status, result });
    await this.publish('test_completed', result, [this.store.put(this.execution)]);
  }

  private change(changes: Partial<StoredExecution>): string {
    const updated_at = new Date().toISOString();
    this.execution = { ...this.execution, ...changes, updated_at };
    return updated_at;
  }
}
