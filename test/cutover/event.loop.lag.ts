import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 5;

/** The lag of an event loop, in milliseconds. */
export interface Lag {
  p99: number;
  max: number;
}

/** Measures how late the event loop of this process is; a late loop delays everything that the process measures. */
export class EventLoopLag {
  private readonly histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  constructor() {
    this.histogram.enable();
  }

  /** Returns the lag since the last call, and starts anew. */
  take(): Lag {
    const { histogram } = this;
    // The histogram contains the interval of the measurement itself.
    const ms = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
    const lag = { p99: ms(histogram.percentile(99)), max: ms(histogram.max) };
    histogram.reset();
    return lag;
  }
}
