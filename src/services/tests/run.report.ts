import type { RoomEmit } from '@switchyard/server';
import type { TestCompleted, TestOutput, TestsTypes } from '@switchyard/services';
import type { StoredExecution, TestExecutions } from './test.executions.js';
import type { TestsSettings } from './tests.settings.js';

/** Appends an event to a run's room together with the writes; resolves once it is appended. */
export type Emit = RoomEmit<TestsTypes>;

/** Tells a run's room how it goes, and stores that with each event in one transaction. */
export class RunReport {
  private lines = 0;
  private characters = 0;

  constructor(
    private execution: StoredExecution,
    private readonly executions: TestExecutions,
    private readonly settings: TestsSettings,
    private readonly emit: Emit,
  ) {}

  /** Says that the run is under way. */
  running(): void {
    const timestamp = this.change({ status: 'running' });
    void this.emit('test_status', { status: 'running', timestamp }, [this.executions.put(this.execution)]);
  }

  /** Passes on a line; of a run that writes without end only the beginning is kept. */
  line(stream: TestOutput['stream'], line: string): void {
    const { maxLines, maxCharacters } = this.settings;
    if (this.lines > maxLines || this.characters > maxCharacters) return;
    this.characters += line.length;
    const isTooMuch = this.lines === maxLines || this.characters > maxCharacters;
    if (isTooMuch) this.characters = Infinity;
    const said = isTooMuch ? 'The rest of the output is not kept; it is too long' : line;
    const output: TestOutput = {
      line: said,
      stream: isTooMuch ? 'stderr' : stream,
      timestamp: new Date().toISOString(),
    };
    void this.emit('test_output', output, [this.executions.putLine(this.execution.execution_id, this.lines, output)]);
    this.lines += 1;
  }

  /** Says how the run ended; resolves once that is kept. */
  async end(ended: Omit<TestCompleted, 'timestamp'>): Promise<void> {
    const result: TestCompleted = { ...ended, timestamp: '' };
    result.timestamp = this.change({ status: ended.status, result });
    await this.emit('test_completed', result, [this.executions.put(this.execution)]);
  }

  private change(changes: Partial<StoredExecution>): string {
    const updated_at = new Date().toISOString();
    this.execution = { ...this.execution, ...changes, updated_at };
    return updated_at;
  }
}
