import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { RunStore, STORE, type DocumentStore, type DocumentWrite, type Store } from '@switchyard/server';
import { isTestOver, type TestExecution, type TestOutput } from '@switchyard/services';
import type { RunTests } from '@switchyard/services/tests/tests.dto';
import { TestsSettings } from './tests.settings.js';

/** A stored test run; each of its lines is a separate document. */
export interface StoredExecution extends Omit<TestExecution, 'lines'> {
  owner?: string;
}

interface StoredLine extends TestOutput {
  /** The number of the line in the output, from 0. */
  at: number;
}

const EXECUTIONS = 'test_executions';
const linesOf = (execution_id: string) => `test_lines:${execution_id}`;
const lineId = (at: number) => String(at).padStart(8, '0');

/** Stores the test runs and their output. */
@Injectable()
export class TestsStore extends RunStore<StoredExecution> {
  private readonly documents: DocumentStore;

  constructor(
    @Inject(STORE) store: Store,
    private readonly settings: TestsSettings,
  ) {
    super(
      store,
      EXECUTIONS,
      ({ execution_id }) => execution_id,
      ({ status }) => isTestOver(status),
    );
    this.documents = store.documents;
  }

  /** Makes a new run without storing it. */
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

  /** Stores a new run, and deletes the oldest ended runs. */
  async add(execution: StoredExecution): Promise<void> {
    await this.documents.write([this.put(execution), ...(await this.surplus())]);
  }

  /** Returns a run with its lines and without its owner; undefined when there is no such run. */
  async history(execution_id: string): Promise<TestExecution | undefined> {
    const stored = await this.get(execution_id);
    if (!stored) return undefined;
    const { owner: _, ...execution } = stored;
    const lines = await this.documents.list<StoredLine>(linesOf(execution_id));
    return { ...execution, lines: lines.map(({ line, stream, timestamp }) => ({ line, stream, timestamp })) };
  }

  /** Returns the write that stores one line of a run. */
  putLine(execution_id: string, at: number, output: TestOutput): DocumentWrite {
    return { collection: linesOf(execution_id), id: lineId(at), value: { at, ...output } satisfies StoredLine };
  }

  /** Returns the writes that delete the runs over the limit. */
  private async surplus(): Promise<DocumentWrite[]> {
    const over = (await this.list()).filter((run) => this.isOver(run));
    over.sort((a, b) => a.started_at.localeCompare(b.started_at));
    const writes: DocumentWrite[] = [];
    for (const { execution_id } of over.slice(0, Math.max(0, over.length - this.settings.keptRuns + 1))) {
      const lines = await this.documents.list<StoredLine>(linesOf(execution_id));
      writes.push(this.write(execution_id, null));
      writes.push(...lines.map(({ at }) => ({ collection: linesOf(execution_id), id: lineId(at), value: null })));
    }
    return writes;
  }
}
