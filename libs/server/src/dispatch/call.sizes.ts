import { Inject, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { REALTIME_OPTIONS, type RealtimeOptions } from '../options/realtime.options.js';
import { callsOf } from '../service/call.decorator.js';
import { findGateways, type FoundGateway } from '../service/service-gateway.decorator.js';
import { Oversized } from '../validation/oversized.js';
import { boundOf } from '../validation/payload.bounds.js';

/** Every call can carry a `correlation_id`, whether its class declares one or not, in bytes. */
const CORRELATION_BYTES = 1024;
/** How much larger than its largest call a frame may be that is read, and then refused by name. */
const READ_FACTOR = 2;

/**
 * How many bytes a call may have: what its contract allows in the worst encoding, and the configured size beside that, for
 * fields without a bound and for what an old wire wraps around them.
 */
@Injectable()
export class CallSizes {
  private found: readonly FoundGateway[] | undefined;
  private known: ReadonlyMap<string, ReadonlyMap<string, number>> | undefined;
  private named: ReadonlyMap<string, string> | undefined;

  constructor(
    private readonly discovery: DiscoveryService,
    @Inject(REALTIME_OPTIONS) private readonly options: RealtimeOptions,
  ) {}

  /** The limit of a call or join; of one that nobody declared, what is configured. 0 is none. */
  of(service: string, call: string): number {
    return this.limits.get(service)?.get(call) ?? this.options.maxCallBytes;
  }

  /** The same for what arrives in a Socket.IO namespace. */
  inNamespace(namespace: string, call: string): number {
    return this.of(this.services.get(namespace) ?? '', call);
  }

  /** The largest limit of a service's calls; 0 is none. */
  ofService(service: string): number {
    return Math.max(this.options.maxCallBytes, ...(this.limits.get(service)?.values() ?? []));
  }

  /** The largest frame that is read on a wire of one service, so that a call too large is answered; 0 is any. */
  frameOf(service: string): number {
    const { maxHttpBufferSize } = this.options;
    return maxHttpBufferSize === 0 ? 0 : Math.max(maxHttpBufferSize, READ_FACTOR * this.ofService(service));
  }

  /** The largest frame or body that is read where calls of every service arrive; 0 is any. */
  get frame(): number {
    return Math.max(this.options.maxHttpBufferSize, ...[...this.limits.keys()].map((service) => this.frameOf(service)));
  }

  /** The payload of a call that arrived in so many bytes, or what stands for it where they are too many. */
  fit(service: string, call: string, bytes: number, payload: unknown): unknown {
    const limit = this.of(service, call);
    return limit > 0 && bytes > limit ? new Oversized(limit) : payload;
  }

  // The parsers of frames and bodies are made before the services are: their classes are there already.
  private get gateways(): readonly FoundGateway[] {
    return (this.found ??= findGateways(this.discovery));
  }

  private get limits(): ReadonlyMap<string, ReadonlyMap<string, number>> {
    return (this.known ??= new Map(this.gateways.map((found) => [found.metadata.contract.name, this.limitsOf(found)])));
  }

  /** The services' names by their namespaces. */
  private get services(): ReadonlyMap<string, string> {
    return (this.named ??= new Map(
      this.gateways.map(({ metadata: { contract } }) => [contract.namespace, contract.name]),
    ));
  }

  private limitsOf({ type, metadata: { contract, join } }: FoundGateway): ReadonlyMap<string, number> {
    const { maxCallBytes } = this.options;
    if (maxCallBytes === 0) return new Map();
    const calls = [...callsOf(type.prototype as object)].map(
      ([call, { payload }]) => [call, boundOf(payload)] as const,
    );
    const joining = join ? boundOf(join) : 0;
    const joins = ['join_room', ...contract.joins].map((name) => [name, joining] as const);
    return new Map([...calls, ...joins].map(([name, bound]) => [name, maxCallBytes + CORRELATION_BYTES + bound]));
  }
}
