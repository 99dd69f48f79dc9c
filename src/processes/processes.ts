import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { SupervisedProcess, type ProgramCall, type ProgramReaders } from './supervised.process.js';

/** The time between SIGTERM and SIGKILL, in milliseconds. */
const GRACE_MS = 1000;

/** Starts the programs of this process; none of them outlives it. */
@Injectable()
export class Processes implements BeforeApplicationShutdown {
  private readonly running = new Set<SupervisedProcess>();

  /** The number of running programs. */
  get size(): number {
    return this.running.size;
  }

  /** Starts a program; a failed start appears in its exit. */
  start(call: ProgramCall, readers: ProgramReaders): SupervisedProcess {
    const started = new SupervisedProcess(call, readers, GRACE_MS);
    this.running.add(started);
    void started.exited.then(() => this.running.delete(started));
    return started;
  }

  /** Ends the programs that the services did not end themselves, and waits for them. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([...this.running].map((running) => running.terminate()));
  }
}
