import { Fault } from '@switchyard/contract';
import type { Caller } from '../caller/caller.js';
import { startTimer } from '../timer/long.timer.js';
import type { UpstreamBehaviour, UpstreamEvent } from './upstream.behaviour.js';
import { UpstreamConnection, type UpstreamFeed } from './upstream.connection.js';
import { faultOf, type UpstreamEnd } from './upstream.end.js';
import type { UpstreamEndpoint } from './upstream.endpoint.js';
import { openerAmong } from './upstream.opener.js';
import type { UpstreamReader } from './upstream.reader.js';
import type { UpstreamRecord } from './upstream.record.js';

/** What a room needs from the bridge around it. */
export interface UpstreamRoomHost {
  readonly behaviour: UpstreamBehaviour;
  readonly reader: UpstreamReader;
  /** Where the old server has the room. @throws what the gateway throws */
  endpoint(key: string, opener: Caller): Promise<UpstreamEndpoint>;
  /** Begins a new epoch with this record. @throws Fault `store.…` */
  renew(record: UpstreamRecord): Promise<void>;
  /** Publishes an event, with the record after it unless the event is volatile. @throws Fault `store.…` */
  publish(event: UpstreamEvent, record: UpstreamRecord): Promise<void>;
  /** The state after an event; undefined when the event has to be skipped, which is logged. */
  after(state: object, event: UpstreamEvent): object | undefined;
  /** Stores and tells the members that the old server is away, and when it is tried again; `why` is logged once. */
  away(record: UpstreamRecord, retry_in_ms: number, why: Fault): void;
  /** Tells the members that the old server is back. */
  back(key: string): void;
  /** The members in this process, or where it has none, those of the others. */
  members(key: string): Promise<readonly Caller[]>;
  /** Calls `ended` when the caller's credential ends, until the returned function is called. */
  watch(opener: Caller, ended: () => void): () => void;
  /** Frees a room that has ended for the next one. */
  release(room: UpstreamRoom): Promise<void>;
}

/** How much of a wait is random, so that the rooms of a lost server do not come back all at once. */
const RANDOM_PART = 0.5;
/** How often a room looks for members, as a part of the time that it outlives them. */
const LOOK_PART = 0.25;

/**
 * One room of an old server in the process that feeds it, with one connection at a time. A connection that is lost is
 * opened again while the room has members; each one begins a new epoch.
 */
export class UpstreamRoom {
  private connection: UpstreamConnection | undefined;
  /** The attempt under way, or the one that succeeded; undefined while the old server is away. */
  private attempt: Promise<void> | undefined;
  private state: object | undefined;
  private failures = 0;
  private retryAt = 0;
  private stopRetry = () => {};
  private stopWatch = () => {};
  private usedAt = performance.now();
  private readonly looks: NodeJS.Timeout;
  private hasBeenOpen = false;
  private closing: Promise<void> | undefined;

  constructor(
    readonly key: string,
    readonly owner: string,
    /** The caller with whose credentials the next connection is opened. */
    private opener: Caller,
    private readonly host: UpstreamRoomHost,
  ) {
    const look = () => void this.look();
    this.looks = setInterval(look, host.behaviour.settings.closeAfterMs * LOOK_PART).unref();
  }

  /** Whether the old server has let the owner in. */
  get isHeld(): boolean {
    return this.hasBeenOpen && !this.closing;
  }

  /** Whether the room is ending, or has ended. */
  get isClosing(): boolean {
    return this.closing !== undefined;
  }

  /** Opens the room for one who wants in; it closes where that fails, and `ready` says why. */
  open(): void {
    this.connect().catch(() => this.close());
  }

  /** Opens a room that has members already, and keeps trying. */
  resume(): void {
    this.connect().catch((thrown: unknown) => this.retry(Fault.from(thrown)));
  }

  /** Resolves once the room has a state, and counts as use of the room. @throws Fault `upstream.…`, `store.…`; what the gateway throws */
  async ready(): Promise<void> {
    this.usedAt = performance.now();
    if (this.attempt) return this.attempt;
    throw new Fault('upstream.unavailable', { retry_after_ms: Math.max(0, this.retryAt - Math.floor(this.usedAt)) });
  }

  /** Resolves once the attempt under way has ended, however. */
  async settled(): Promise<void> {
    await this.attempt?.catch(() => undefined);
    await this.closing;
  }

  /** Makes a call; see `UpstreamConnection.call`. */
  async call(name: string, payload: object): Promise<unknown> {
    await this.ready();
    if (!this.connection) throw new Fault('upstream.unavailable');
    return this.connection.call(name, payload);
  }

  /** Ends the room, and resolves once nothing of its connection can reach the log any more and the next one may begin. */
  close(): Promise<void> {
    return (this.closing ??= this.end());
  }

  private async end(): Promise<void> {
    clearInterval(this.looks);
    this.stopRetry();
    this.stopWatch();
    this.connection?.close();
    await this.connection?.ended;
    await this.host.release(this);
  }

  private connect(): Promise<void> {
    const attempt = this.connectOnce();
    this.attempt = attempt;
    attempt.catch(() => this.attempt === attempt && (this.attempt = undefined));
    return attempt;
  }

  private async connectOnce(): Promise<void> {
    const { key, host } = this;
    const endpoint = await host.endpoint(key, this.opener);
    if (this.closing) throw new Fault('upstream.unavailable');
    const connection = new UpstreamConnection(key, endpoint, host.behaviour, host.reader, this.feed());
    this.connection = connection;
    void connection.ended.then((end) => this.ended(connection, end));
    await connection.opened;
    this.failures = 0;
    if (this.hasBeenOpen) host.back(key);
    this.hasBeenOpen = true;
    this.usedAt = performance.now();
    this.watchOpener();
  }

  private feed(): UpstreamFeed {
    const { host } = this;
    return {
      snapshot: async (state, isFirst) => {
        // Some old servers send the whole state again and again.
        if (!isFirst && JSON.stringify(state) === JSON.stringify(this.state)) return;
        this.state = state;
        await host.renew(this.record());
      },
      event: async (event) => {
        const state = host.after(this.state!, event);
        if (!state) return;
        this.state = state;
        await host.publish(event, this.record());
      },
    };
  }

  private record(): UpstreamRecord {
    const { key, owner, state } = this;
    return { key, owner, ...(state && { state }) };
  }

  /** A connection has ended; one that was never open is the failure of its attempt. */
  private ended(connection: UpstreamConnection, end: UpstreamEnd): void {
    if (this.connection !== connection) return;
    this.connection = undefined;
    this.stopWatch();
    if (!connection.wasOpen || this.closing) return;
    this.attempt = undefined;
    this.retry(faultOf(end));
  }

  private retry(why: Fault): void {
    if (this.closing) return;
    const { reconnectMinMs, reconnectMaxMs } = this.host.behaviour.settings;
    const longest = Math.min(reconnectMaxMs, reconnectMinMs * 2 ** this.failures);
    const wait = Math.ceil(longest * (1 - RANDOM_PART * Math.random()));
    this.failures += 1;
    this.retryAt = Math.ceil(performance.now()) + wait;
    this.host.away({ ...this.record(), isAway: true }, wait, why);
    this.stopRetry = startTimer(wait, () => void this.again());
  }

  private async again(): Promise<void> {
    const members = await this.host.members(this.key);
    if (this.closing) return;
    const opener = openerAmong([...members, this.opener]);
    if (members.length === 0 || !opener) return void this.close();
    this.opener = opener;
    this.resume();
  }

  private watchOpener(): void {
    this.stopWatch = this.host.watch(this.opener, () => void this.credentialEnded());
  }

  /** Keeps the connection for a member with a newer credential of the same user, and ends it otherwise. */
  private async credentialEnded(): Promise<void> {
    const opener = openerAmong(await this.host.members(this.key));
    if (this.closing || !this.connection) return;
    if (!opener) return void this.close();
    const isSameUser = opener.user?.id === this.opener.user?.id;
    this.opener = opener;
    if (isSameUser) this.watchOpener();
    else this.connection.close();
  }

  private async look(): Promise<void> {
    // Those who wait for the first state are no members yet.
    if (!this.hasBeenOpen) return;
    const members = await this.host.members(this.key);
    const now = performance.now();
    if (members.length > 0) this.usedAt = now;
    if (now - this.usedAt >= this.host.behaviour.settings.closeAfterMs) void this.close();
  }
}
