import { Injectable } from '@nestjs/common';
import type { WireName } from '@switchyard/contract';
import { targetingKey, type Caller } from '../caller/caller.js';
import { ServiceRegistry } from '../service/service.registry.js';
import { readParity } from './parity.reading.js';
import { ParityRecorder } from './parity.recorder.js';
import { ShadowSample } from './shadow.sample.js';

/** Takes what pages that compare two wires have found, and tells them whether to go on. */
@Injectable()
export class ParityReports {
  constructor(
    private readonly registry: ServiceRegistry,
    private readonly sample: ShadowSample,
    private readonly recorder: ParityRecorder,
  ) {}

  /** Counts the comparisons in the body of a report; those of a client that should not compare are ignored. */
  take(caller: Caller, body: unknown): void {
    const key = targetingKey(caller);
    if (key === undefined) return;
    for (const read of readParity(body, (service) => this.contractOf(service, caller))) this.recorder.add(read, key);
  }

  /** The wire that a client compares with its own now, for each of these services; null for none. */
  async shadows(caller: Caller, services: Iterable<string>): Promise<Record<string, WireName | null>> {
    const known = [...services].filter((service) => this.registry.has(service));
    const wires = known.map(async (name) => [name, (await this.sample.wireOf(name, caller)) ?? null] as const);
    return Object.fromEntries(await Promise.all(wires));
  }

  private contractOf(service: string, caller: Caller) {
    const isHeard = this.registry.has(service) && this.sample.isHeard(service, caller);
    return isHeard ? this.registry.get(service).contract : undefined;
  }
}
