import type { WireName } from '@switchyard/contract';
import type { Transport } from '../transport/transport.js';

/** When a service falls back, and to which wires. */
export interface FallbackChainOptions {
  /** The wires to fall back to, in this order. */
  fallbacks: readonly WireName[];
  /** The number of failed attempts on the service's own wire before the first fallback. */
  attemptsBeforeFallback: number;
  /** The time limit of an attempt, in milliseconds; one that is never answered counts as much as several refused ones. */
  connectTimeoutMs: number;
}

/** The part of a service that a fallback chain uses. */
export interface FallbackChainHost {
  /** Makes the transport of a fallback; undefined when this client cannot use it. */
  make(wire: WireName): Transport | undefined;
  /** Connects a transport and joins all rooms on it. */
  use(transport: Transport): void;
  /** Whether every room of the service is live on a wire. */
  isLive(wire: WireName): boolean;
  /** Reports that another transport carries calls now. */
  reopened(): void;
}

/**
 * The transports that serve while a service's own wire is lost. Each is added when the one before it fails, and closed
 * once one before it serves every room again; until then all of them keep trying.
 */
export class FallbackChain {
  readonly #transports: Transport[] = [];
  /** Since when no wire is connected, by `performance.now()`. */
  #lostAt?: number;

  constructor(
    private readonly host: FallbackChainHost,
    private readonly options: FallbackChainOptions,
  ) {}

  /** The fallbacks in use, the preferred one first. */
  get all(): readonly Transport[] {
    return this.#transports;
  }

  /** The last connected fallback; those before it do not serve every room yet. */
  get serving(): Transport | undefined {
    return this.#transports.findLast(isConnected);
  }

  /** The fallback that carries calls; HTTP carries them even while no fallback is connected. */
  get carrier(): Transport | undefined {
    return this.#transports.find(isConnected) ?? this.#transports.at(-1);
  }

  /** Adds or closes fallbacks after a change on the service's own wire or on a fallback. */
  review(own: Transport): void {
    const chain = [own, ...this.#transports];
    // A connected wire serves every room, or is about to.
    this.#lostAt = chain.some(isConnected) ? undefined : (this.#lostAt ?? performance.now());
    const settled = chain.findIndex((transport) => isConnected(transport) && this.host.isLive(transport.wire));
    own.ease?.(settled > 0);
    if (settled >= 0) {
      this.#closeAfter(settled);
      return;
    }
    if (this.#lostAt === undefined) return;
    const last = chain.at(-1)!;
    const { attemptsBeforeFallback, connectTimeoutMs } = this.options;
    const isLate = performance.now() - this.#lostAt >= connectTimeoutMs;
    const attempts = last === own && !isLate ? attemptsBeforeFallback : 1;
    if (last.state$.value.failures >= attempts) this.#add(last.wire);
  }

  #closeAfter(settled: number): void {
    const dropped = this.#transports.splice(settled);
    dropped.forEach((transport) => transport.close());
    if (dropped.length > 0) this.host.reopened();
  }

  #add(after: WireName): void {
    const { fallbacks } = this.options;
    for (const wire of fallbacks.slice(fallbacks.indexOf(after) + 1)) {
      const transport = this.host.make(wire);
      if (!transport) continue;
      this.#transports.push(transport);
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
