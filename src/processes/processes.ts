import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { SupervisedProcess, type ProgramCall, type ProgramReaders } from './supervised.process.js';

/** How long a program that was asked to end may take before it is killed, in milliseconds. */
const GRACE_MS = 1000;

/** The programs this process runs; none of them outlives it. */
@Injectable()
export class Processes implements BeforeApplicationShutdown {
  private readonly running = new Set<SupervisedProcess>();

  /** How many programs are running. */
  get size(): number {
    return this.running.size;
  }

  /** Starts a program; that it cannot be started is told by how it ends. */
  start(call: ProgramCall, readers: ProgramReaders): SupervisedProcess {
    const started = new SupervisedProcess(call, readers, GRACE_MS);
    this.running.add(started);
    void started.exited.then(() => this.running.delete(started));
    return started;
  }

  /** Ends what the services have not ended themselves when they were destroyed, and waits until it is gone. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([...this.running].map((running) => running.terminate()));
  }
}
