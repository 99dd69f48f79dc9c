import { Inject, Injectable } from '@nestjs/common';
import { REALTIME_OPTIONS, type ResolvedOptions } from '../options/realtime.options.js';

/**
 * Limits how many WebSockets without an authenticated client this process has open: those that wait for a credential, and
 * those that were refused and have not closed yet. One more than that closes the oldest of its kind, so that those who
 * never authenticate keep nobody out.
 */
@Injectable()
export class UnauthenticatedSockets {
  readonly limit: number;
  /** What closes each socket, the oldest first. */
  private readonly kinds = { waiting: new Set<() => void>(), refused: new Set<() => void>() };

  constructor(
    @Inject(REALTIME_OPTIONS)
    { maxUnauthenticatedSockets }: Pick<ResolvedOptions, 'maxUnauthenticatedSockets'>,
  ) {
    this.limit = maxUnauthenticatedSockets;
  }

  /** How many are open. */
  get size(): number {
    return this.kinds.waiting.size + this.kinds.refused.size;
  }

  /** Counts a socket, which `close` closes; call the returned function when it is over. */
  enter(kind: 'waiting' | 'refused', close: () => void): () => void {
    const sockets = this.kinds[kind];
    // A function of its own for each socket: two may share one `close`.
    const own = () => close();
    sockets.add(own);
    if (this.limit > 0 && sockets.size > this.limit) {
      const [oldest] = sockets as Iterable<() => void> as [() => void];
      sockets.delete(oldest);
      oldest();
    }
    return () => void sockets.delete(own);
  }
}
