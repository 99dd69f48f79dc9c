import { Inject, type OnApplicationBootstrap } from '@nestjs/common';
import type { ContractEvent, ServiceContract, ServiceTypes, TypesOf, UpstreamCodec } from '@switchyard/contract';
import { keyInPayload } from '@switchyard/contract';
import type { Caller } from '../caller/caller.js';
import { credentialsOf } from '../identity/user.credentials.js';
import type { Credentials } from '../options/realtime.options.js';
import { BaseRoomService } from '../service/base-room.service.js';
import type { UpstreamEndpoint, UpstreamOpener } from './upstream.endpoint.js';
import type { UpstreamRooms } from './upstream.rooms.js';
import { UPSTREAM_DEFAULTS, type UpstreamSettings } from './upstream.settings.js';
import { Upstreams } from './upstreams.js';

/** The owner of rooms that every caller may enter, see `BaseUpstreamService.owner`. */
export const EVERYBODY = '*';

type Snapshot<C extends ServiceContract> = TypesOf<C>['snapshot'];

/**
 * The base class of bridges to old servers that keep running: the frames of the old server become the events of a room,
 * and the calls of the room's members become frames or requests.
 *
 * Each room has one connection in all processes. The first caller who joins opens it with the caller's own credentials, and
 * it closes some time after the last member has left. A connection that is lost is opened again while there are members, and
 * begins a new epoch.
 */
export abstract class BaseUpstreamService<C extends ServiceContract>
  extends BaseRoomService<C>
  implements OnApplicationBootstrap
{
  @Inject(Upstreams)
  private readonly upstreams: Upstreams;
  private bridge: UpstreamRooms | undefined;

  /** Reads the frames of the old server, and makes frames of calls; a `LegacyCodec` will do. */
  protected abstract readonly codec: UpstreamCodec<TypesOf<C>>;

  /** The settings that differ from `UPSTREAM_DEFAULTS`. */
  protected readonly settings: Partial<UpstreamSettings> = {};

  /** Where the old server has a room, and how it knows the user. @throws Fault with which the join is refused */
  protected abstract endpoint(opener: UpstreamOpener): UpstreamEndpoint | Promise<UpstreamEndpoint>;

  /** The state of a room after an event, which the room's next snapshot is; `state` may be changed and returned. */
  protected abstract apply(state: Snapshot<C>, event: ContractEvent<TypesOf<C>>): Snapshot<C>;

  /** The first state of a room, on an old wire that sends no snapshot; by default the room waits for one. */
  protected initial(_key: string): Snapshot<C> | undefined {
    return undefined;
  }

  /**
   * Who owns the rooms that the caller opens, by default the user. While a room is open, only callers with the same owner may
   * enter it; a caller without one may enter none. `EVERYBODY` lets all callers share what the first one of them may see.
   */
  protected owner(caller: Caller, _key: string): string | undefined {
    return caller.user?.id;
  }

  async onApplicationBootstrap(): Promise<void> {
    this.bridge = await this.upstreams.serve({
      contract: this.contract,
      codec: this.codec as unknown as UpstreamCodec<ServiceTypes>,
      settings: { ...UPSTREAM_DEFAULTS, ...this.settings },
      endpoint: (opener) => this.endpoint(opener),
      apply: (state, event) => this.apply(state, event as ContractEvent<TypesOf<C>>),
      initial: (key) => this.initial(key),
      owner: (caller, key) => this.owner(caller, key),
    });
  }

  override authorize(caller: Caller, key: string): boolean | Promise<boolean> {
    return this.rooms.isOpenTo(caller, key);
  }

  override prepare(caller: Caller, key: string): Promise<void> {
    return this.rooms.prepare(caller, key);
  }

  override snapshot(key: string): Promise<Snapshot<C> | undefined> {
    return this.rooms.state(key);
  }

  /**
   * Makes a call as a frame of the old server, and resolves to its answer where the old wire has answers.
   *
   * @throws Fault `upstream.unavailable`, `upstream.refused`, `call.outcome_unknown`; RemoteFault of the old server
   */
  protected forward(name: string, payload: object, caller: Caller): Promise<unknown> {
    return this.rooms.call(caller, keyInPayload(this.contract, payload) ?? '', name, payload);
  }

  /** What the caller was authenticated with, for requests to the old server; undefined for an anonymous caller. */
  protected credentials(caller: Caller): Credentials | undefined {
    return credentialsOf(caller);
  }

  private get rooms(): UpstreamRooms {
    if (!this.bridge) throw new Error('unable to use the bridge; the application has not started yet');
    return this.bridge;
  }
}
