import type { ServiceParity } from '@switchyard/contract';
import { RolloutObjections } from './health.source.js';

/** How long a difference speaks against the next step, in minutes. */
const MAX_MINUTES = 10;

/** Reads what clients that compare both wires have found. */
interface ParityReader {
  /** @throws Fault `store.unavailable` */
  of(service: string, minutes: number): Promise<ServiceParity>;
}

/** Objects to a step while clients find differences between the two wires. */
export class ParityObjections extends RolloutObjections {
  constructor(private readonly parity: ParityReader) {
    super();
  }

  override async against(service: string, since: string): Promise<string | undefined> {
    const minutes = Math.ceil((Date.now() - Date.parse(since)) / 60_000);
    const { mismatches, share, ...parity } = await this.parity.of(service, Math.min(Math.max(minutes, 1), MAX_MINUTES));
    const found = Object.entries(mismatches).flatMap(([kind, count]) => (count > 0 ? [`${count} ${kind}`] : []));
    if (found.length > 0) return `the wires differ: ${found.join(', ')} in the last ${parity.minutes} min`;
    if (share?.verdict !== 'differs') return undefined;
    return `${share.observed} % of ${share.keys} clients use the new wire instead of ${share.expected} %`;
  }
}
