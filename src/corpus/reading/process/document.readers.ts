import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import type { CutDocument, DocumentRequest } from '../cut.document.js';
import { FairQueue } from './fair.queue.js';
import { ReadingFailure } from '../reading.failure.js';
import { ReadingProcess } from './reading.process.js';
import { ReadingSettings } from './reading.settings.js';

/** Reads a document in its turn. @throws ReadingFailure; the signal's reason when it is aborted */
export type ReadDocument = (request: DocumentRequest, signal?: AbortSignal) => Promise<CutDocument>;

/** Reads untrusted documents in a pool of separate processes. */
@Injectable()
export class DocumentReaders implements BeforeApplicationShutdown {
  private readonly logger = new Logger('documents');
  private readonly queue: FairQueue;
  private readonly processes = new Set<ReadingProcess>();
  /** Idle processes with the timers that end them. */
  private readonly idle = new Map<ReadingProcess, NodeJS.Timeout>();
  private isClosed = false;

  constructor(private readonly settings: ReadingSettings) {
    this.queue = new FairQueue(settings.processes);
  }

  /** Returns a reader for `user`: one document at a time, in fair turns with other users. */
  for(user: string): ReadDocument {
    return (request, signal) => this.queue.run(user, () => this.read(request), signal);
  }

  /** Ends every process; documents being read fail as interrupted. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isClosed = true;
    for (const timer of this.idle.values()) clearTimeout(timer);
    this.idle.clear();
    await Promise.all([...this.processes].map((process) => process.kill()));
  }

  private async read(request: DocumentRequest): Promise<CutDocument> {
    if (this.isClosed) throw new ReadingFailure('interrupted', 'the server is being stopped');
    const process = this.acquire();
    try {
      return await process.read(request);
    } catch (thrown) {
      const { kind, message, cause } = thrown as ReadingFailure;
      const details = typeof cause === 'string' ? `: ${cause}` : '';
      if (!this.isClosed && kind !== 'unreadable') {
        this.logger.warn(`gave up a document of ${request.bytes.byteLength} bytes; ${message}${details}`);
      }
      throw thrown;
    } finally {
      this.release(process);
    }
  }

  private acquire(): ReadingProcess {
    for (const [process, timer] of this.idle) {
      clearTimeout(timer);
      this.idle.delete(process);
      if (process.isUsable) return process;
      void process.kill();
    }
    const process = new ReadingProcess(this.settings);
    this.processes.add(process);
    void process.ended.then(() => this.processes.delete(process));
    return process;
  }

  private release(process: ReadingProcess): void {
    if (this.isClosed || !process.isUsable) return void process.kill();
    const end = () => {
      this.idle.delete(process);
      void process.kill();
    };
    this.idle.set(process, setTimeout(end, this.settings.idleMs).unref());
  }
}
