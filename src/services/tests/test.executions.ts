import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { STORE, type DocumentWrite, type Store } from '@switchyard/server';
import { isTestOver, type TestExecution, type TestOutput } from '@switchyard/services';
import type { RunTests } from '@switchyard/services/tests/tests.dto';
import { TestsSettings } from './tests.settings.js';

/** A run as it is stored; its lines are documents of their own. */
export interface StoredExecution extends Omit<TestExecution, 'lines'> {
  owner?: string;
}

interface StoredLine extends TestOutput {
  /** Its place in the output, from 0. */
  at: number;
}

const EXECUTIONS = 'test_executions';
const linesOf = (execution_id: string) => `test_lines:${execution_id}`;
const lineId = (at: number) => String(at).padStart(8, '0');

/** Test runs and their output as they are stored. */
@Injectable()
export class TestExecutions {
  constructor(
    @Inject(STORE) private readonly store: Store,
    private readonly settings: TestsSettings,
  ) {}

  /** A new run, which is not kept yet. */
  draft({ suite, filter }: RunTests, owner: string | undefined): StoredExecution {
    const now = new Date().toISOString();
    return {
      execution_id: randomUUID(),
      suite,
      ...(filter !== undefined && { filter }),
      ...(owner !== undefined && { owner }),
      status: 'pending',
      started_at: now,
      updated_at: now,
    };
  }

  /** Keeps a new run, and forgets the oldest of those that are over. */
  async keep(execution: StoredExecution): Promise<void> {
    await this.store.documents.write([this.put(execution), ...(await this.forgetting())]);
  }

  /** The run of this id, undefined when there is none. */
  get(execution_id: string): Promise<StoredExecution | undefined> {
    return this.store.documents.get<StoredExecution>(EXECUTIONS, execution_id);
  }

  /** What a client sees of a run, undefined when there is none. */
  async history(execution_id: string): Promise<TestExecution | undefined> {
    const stored = await this.get(execution_id);
    if (!stored) return undefined;
    const { owner: _, ...execution } = stored;
    const lines = await this.store.documents.list<StoredLine>(linesOf(execution_id));
    return { ...execution, lines: lines.map(({ line, stream, timestamp }) => ({ line, stream, timestamp })) };
  }

  /** The runs that are not over. */
  async unfinished(): Promise<string[]> {
    const all = await this.store.documents.list<StoredExecution>(EXECUTIONS);
    return all.filter(({ status }) => !isTestOver(status)).map(({ execution_id }) => execution_id);
  }

  /** The write that keeps where a run is. */
  put(execution: StoredExecution): DocumentWrite {
    return { collection: EXECUTIONS, id: execution.execution_id, value: execution };
  }

  /** The write that keeps one line of a run. */
  putLine(execution_id: string, at: number, output: TestOutput): DocumentWrite {
    return { collection: linesOf(execution_id), id: lineId(at), value: { at, ...output } satisfies StoredLine };
  }

  private async forgetting(): Promise<DocumentWrite[]> {
    const all = await this.store.documents.list<StoredExecution>(EXECUTIONS);
    const over = all.filter(({ status }) => isTestOver(status));
    over.sort((a, b) => a.started_at.localeCompare(b.started_at));
    const writes: DocumentWrite[] = [];
    for (const { execution_id } of over.slice(0, Math.max(0, over.length - this.settings.keptRuns + 1))) {
      const lines = await this.store.documents.list<StoredLine>(linesOf(execution_id));
      writes.push({ collection: EXECUTIONS, id: execution_id, value: null });
      writes.push(...lines.map(({ at }) => ({ collection: linesOf(execution_id), id: lineId(at), value: null })));
    }
    return writes;
  }
}
