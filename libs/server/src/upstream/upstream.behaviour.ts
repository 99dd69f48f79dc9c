import type { ContractEvent, ServiceContract, ServiceTypes, UpstreamCodec } from '@switchyard/contract';
import type { Caller } from '../caller/caller.js';
import type { UpstreamEndpoint, UpstreamOpener } from './upstream.endpoint.js';
import type { UpstreamSettings } from './upstream.settings.js';

/** An event of an old server, as a room takes it. */
export type UpstreamEvent = ContractEvent<ServiceTypes>;

/** What a gateway says of its old server; see `BaseUpstreamService` for each part. */
export interface UpstreamBehaviour {
  readonly contract: ServiceContract;
  readonly codec: UpstreamCodec<ServiceTypes>;
  readonly settings: UpstreamSettings;
  endpoint(opener: UpstreamOpener): UpstreamEndpoint | Promise<UpstreamEndpoint>;
  apply(state: object, event: UpstreamEvent): object;
  initial(key: string): object | undefined;
  owner(caller: Caller, key: string): string | undefined;
}
