import type { WireName } from '@switchyard/contract';
import type { Transport } from '../transport/transport.js';

/** What a fallback chain works with. */
export interface FallbackChainOptions {
  /** The wires to fall back to, in this order. */
  fallbacks: readonly WireName[];
  /** Failed attempts on the service's own wire before the first fallback is used. */
  attemptsBeforeFallback: number;
}

/** What a fallback chain asks of its service. */
export interface FallbackChainHost {
  /** Makes the transport of a fallback; undefined when this client cannot use it. */
  make(wire: WireName): Transport | undefined;
  /** Connects a transport and joins all rooms on it. */
  use(transport: Transport): void;
  /** Whether every room of the service is live on a wire. */
  isLive(wire: WireName): boolean;
  /** There is another way for calls. */
  reopened(): void;
}

/**
 * The transports that serve while a service's own wire is away. Each is added when the one before it fails, and is
 * closed once one before it serves every room again; all of them keep trying meanwhile.
 */
export class FallbackChain {
  private readonly transports: Transport[] = [];

  constructor(
    private readonly host: FallbackChainHost,
    private readonly options: FallbackChainOptions,
  ) {}

  /** All in use, the one to be preferred first. */
  get all(): readonly Transport[] {
    return this.transports;
  }

  /** The last one that is connected: those before it do not serve every room yet. */
  get serving(): Transport | undefined {
    return this.transports.findLast(isConnected);
  }

  /** The way for calls; HTTP takes them also while nothing is connected. */
  get carrier(): Transport | undefined {
    return this.transports.find(isConnected) ?? this.transports.at(-1);
  }

  /** Adds or closes fallbacks, after something changed on the service's own wire or on one of them. */
  review(own: Transport): void {
    const chain = [own, ...this.transports];
    const settled = chain.findIndex((transport) => isConnected(transport) && this.host.isLive(transport.wire));
    if (settled >= 0) {
      this.closeAfter(settled);
      return;
    }
    const last = chain.at(-1)!;
    const attempts = last === own ? this.options.attemptsBeforeFallback : 1;
    if (!isConnected(last) && last.state$.value.failures >= attempts) this.add(last.wire);
  }

  private closeAfter(settled: number): void {
    const dropped = this.transports.splice(settled);
    dropped.forEach((transport) => transport.close());
    if (dropped.length > 0) this.host.reopened();
  }

  private add(after: WireName): void {
    const { fallbacks } = this.options;
    for (const wire of fallbacks.slice(fallbacks.indexOf(after) + 1)) {
      const transport = this.host.make(wire);
      if (!transport) continue;
      this.transports.push(transport);
      this.host.use(transport);
      this.host.reopened();
      return;
    }
  }
}

/** Whether a transport is connected now. */
export function isConnected(transport: Transport | undefined): boolean {
  return transport?.state$.value.status === 'connected';
}
