import { Inject, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { REALTIME_OPTIONS, type ResolvedOptions } from '../options/realtime.options.js';
import { callsOf } from '../service/call.decorator.js';
import { findGateways, type FoundGateway } from '../service/service-gateway.decorator.js';
import { Oversized } from '../validation/oversized.js';
import { maxBytesOf } from '../validation/payload.bounds.js';

/** The bytes for a `correlation_id`, which every call may carry even if its class declares none. */
const CORRELATION_BYTES = 1024;
/** Frames up to this many times a service's largest call are read, so that the refusal can name the call. */
const READ_FACTOR = 2;

/**
 * Limits the bytes of each call: the most that its bounded fields can take in the longest encoding, plus the configured
 * size for fields without a bound and for an old wire's wrapping.
 */
@Injectable()
export class CallSizes {
  private knownGateways: readonly FoundGateway[] | undefined;
  private knownLimits: ReadonlyMap<string, ReadonlyMap<string, number>> | undefined;
  private knownServices: ReadonlyMap<string, string> | undefined;

  constructor(
    private readonly discovery: DiscoveryService,
    @Inject(REALTIME_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  /** The limit of a call or join in bytes, the configured size for an unknown name; 0 for no limit. */
  of(service: string, call: string): number {
    return this.limits.get(service)?.get(call) ?? this.options.maxCallBytes;
  }

  /** The limit of a call or join that arrives in a Socket.IO namespace. */
  inNamespace(namespace: string, call: string): number {
    return this.of(this.services.get(namespace) ?? '', call);
  }

  /** The largest limit of a service's calls in bytes; 0 for no limit. */
  ofService(service: string): number {
    return Math.max(this.options.maxCallBytes, ...(this.limits.get(service)?.values() ?? []));
  }

  /** The largest frame that a wire of one service reads, so that a call over its limit still gets a reply; 0 for no limit. */
  frameOf(service: string): number {
    const { maxHttpBufferSize } = this.options;
    return maxHttpBufferSize === 0 ? 0 : Math.max(maxHttpBufferSize, READ_FACTOR * this.ofService(service));
  }

  /** The largest frame or body that is read where calls of all services arrive; 0 for no limit. */
  get frame(): number {
    return Math.max(this.options.maxHttpBufferSize, ...[...this.limits.keys()].map((service) => this.frameOf(service)));
  }

  /** The payload of a call that arrived in `bytes`, or an `Oversized` in its place when that is over the limit. */
  fit(service: string, call: string, bytes: number, payload: unknown): unknown {
    const limit = this.of(service, call);
    return limit > 0 && bytes > limit ? new Oversized(limit) : payload;
  }

  // Parsers need the limits before services are created; their classes are known by then.
  private get gateways(): readonly FoundGateway[] {
    return (this.knownGateways ??= findGateways(this.discovery));
  }

  private get limits(): ReadonlyMap<string, ReadonlyMap<string, number>> {
    return (this.knownLimits ??= new Map(
      this.gateways.map((found) => [found.metadata.contract.name, this.limitsOf(found)]),
    ));
  }

  /** The services' names by their namespaces. */
  private get services(): ReadonlyMap<string, string> {
    return (this.knownServices ??= new Map(
      this.gateways.map(({ metadata: { contract } }) => [contract.namespace, contract.name]),
    ));
  }

  private limitsOf({ type, metadata: { contract, join } }: FoundGateway): ReadonlyMap<string, number> {
    const { maxCallBytes } = this.options;
    if (maxCallBytes === 0) return new Map();
    const calls = [...callsOf(type.prototype as object)].map(
      ([call, { payload }]) => [call, maxBytesOf(payload)] as const,
    );
    const joining = join ? maxBytesOf(join) : 0;
    const joins = ['join_room', ...contract.joins].map((name) => [name, joining] as const);
    return new Map([...calls, ...joins].map(([name, bound]) => [name, maxCallBytes + CORRELATION_BYTES + bound]));
  }
}
