import type { ServiceHealth } from '@switchyard/contract';

/** Says how the clients of a service fare on the new wire. */
export abstract class HealthSource {
  /** Whether the service has thresholds; without any, its health is never known. */
  abstract isWatched(service: string): boolean;
  /** @throws Fault `store.unavailable` */
  abstract of(service: string): Promise<ServiceHealth>;
}

/** Says what else speaks against moving a service forward. */
export abstract class RolloutObjections {
  /** The reason in words; undefined when there is none. @param since when the current step began, ISO 8601 with Z */
  abstract against(service: string, since: string): Promise<string | undefined>;
}
