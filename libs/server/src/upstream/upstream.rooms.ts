import { setTimeout as pause } from 'node:timers/promises';
import { Fault, roomName, type ControlMessage, type ControlPayloads } from '@switchyard/contract';
import type { Caller } from '../caller/caller.js';
import type { ClusterQuestions } from '../cluster/cluster.questions.js';
import type { CredentialExpiry } from '../identity/credential.expiry.js';
import { credentialsOf } from '../identity/user.credentials.js';
import { KeyedSerialQueue } from '../queue/keyed.serial.queue.js';
import { runKey } from '../runs/run.key.js';
import type { RunLeases } from '../runs/run.leases.js';
import type { ServiceRuntime } from '../service/service.runtime.js';
import type { Store } from '../store/store.js';
import type { UpstreamBehaviour, UpstreamEvent } from './upstream.behaviour.js';
import type { UpstreamEndpoint } from './upstream.endpoint.js';
import { canOpen, openerAmong } from './upstream.opener.js';
import { UpstreamReader } from './upstream.reader.js';
import { UpstreamRecords, type UpstreamRecord } from './upstream.record.js';
import { UpstreamRoom, type UpstreamRoomHost } from './upstream.room.js';

/** How often a process looks whether nobody feeds a room in which it has members, in ms. */
const LOOK_MS = 1000;
/** How long to wait before looking again whether another process has opened a room, in ms. */
const WAIT_MS = 50;
/** The keys of rooms that an address cannot carry. */
const DOTS = new Set(['.', '..']);

/** What the bridges of a process share. */
export interface UpstreamDependencies {
  readonly store: Store;
  readonly leases: RunLeases;
  readonly credentials: CredentialExpiry;
  readonly questions: ClusterQuestions | undefined;
}

/** The rooms of one bridge: those that this process feeds, and what it knows of the others. */
export class UpstreamRooms implements UpstreamRoomHost {
  readonly reader: UpstreamReader;
  private readonly rooms = new Map<string, UpstreamRoom>();
  private readonly opening = new KeyedSerialQueue();
  private readonly records: UpstreamRecords;
  private readonly name: string;
  /** Rooms whose lease another process has seized; they are its own now. */
  private readonly seized = new Set<string>();
  private looks: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(
    private readonly service: ServiceRuntime,
    readonly behaviour: UpstreamBehaviour,
    private readonly shared: UpstreamDependencies,
  ) {
    this.name = service.contract.name;
    this.reader = new UpstreamReader(behaviour, service.failures);
    this.records = new UpstreamRecords(shared.store, this.name);
    shared.questions?.answer(`${this.name}/upstream`, (change: Change) => this.tellHere(change));
    shared.questions?.answer(`${this.name}/upstream-use`, (key: string) => this.use(key));
  }

  /** Frees the rooms of dead processes, and takes over those with members here, now and later. @throws Fault `store.unavailable` */
  async start(): Promise<void> {
    await this.shared.leases.watchOrphans({
      service: this.name,
      unfinished: async () => (await this.records.list()).map(({ key }) => key),
      isUnfinished: async (key) => (await this.records.get(key)) !== undefined,
      end: (key) => this.free(key),
      lost: (key) => this.lose(key),
    });
    this.looks = setInterval(() => void this.look().catch(() => undefined), LOOK_MS).unref();
  }

  /** Ends every connection; resolves once other processes may open the rooms. */
  async close(): Promise<void> {
    this.isClosed = true;
    clearInterval(this.looks);
    await Promise.all([...this.rooms.values()].map((room) => room.close()));
  }

  /** Whether the room is the caller's, or nobody's so far. @throws Fault `store.unavailable` */
  async isOpenTo(caller: Caller, key: string): Promise<boolean> {
    const owner = this.behaviour.owner(caller, key);
    if (owner === undefined) return false;
    const room = this.rooms.get(key);
    // The old server decides: an attempt that it may refuse keeps nobody else out.
    const held = room ? (room.isHeld ? room.owner : undefined) : (await this.records.get(key))?.owner;
    return held === undefined || held === owner;
  }

  /** The state of a room that is open. @throws Fault `store.unavailable` */
  async state(key: string): Promise<object | undefined> {
    return (await this.records.get(key))?.state;
  }

  /**
   * Opens the room for a caller, unless it is open in any process.
   *
   * @throws Fault `room.forbidden`, `upstream.refused`, `upstream.unavailable`, `store.unavailable`; what the gateway throws
   */
  async prepare(caller: Caller, key: string): Promise<void> {
    const owner = this.behaviour.owner(caller, key);
    if (owner === undefined) throw new Fault('room.forbidden');
    // As a part of a path, it would lead to another path.
    if (DOTS.has(key)) throw new Fault(this.behaviour.contract.notFound);
    const until = performance.now() + this.behaviour.settings.openWithinMs;
    while (performance.now() < until) {
      const room: UpstreamRoom | undefined = await this.opening.run<UpstreamRoom | undefined>(
        key,
        () => this.rooms.get(key) ?? this.openFor(caller, key, owner),
      );
      if (!room) {
        if (await this.isOpenElsewhere(key, owner)) return;
        await pause(WAIT_MS, undefined, { ref: false });
      } else if (room.owner === owner && !room.isClosing) {
        return room.ready();
      } else {
        await room.settled();
        if (this.rooms.get(key) === room) throw new Fault('room.forbidden');
      }
    }
    throw new Fault('upstream.unavailable', { reason: 'another process is opening the room' });
  }

  /** Makes a call in the room; see `UpstreamConnection.call`. @throws as `prepare` */
  async call(caller: Caller, key: string, name: string, payload: object): Promise<unknown> {
    await this.prepare(caller, key);
    const room = this.rooms.get(key);
    // Another process has opened the room in this moment.
    if (!room) throw new Fault('upstream.unavailable', { retry_after_ms: 0 });
    return room.call(name, payload);
  }

  async endpoint(key: string, caller: Caller): Promise<UpstreamEndpoint> {
    const credentials = credentialsOf(caller) ?? {};
    const { token } = credentials;
    const opening = this.behaviour.codec.opening?.({ key, ...(token !== undefined && { token }) });
    const endpoint = await this.service.failures.watch(`unable to name the old server of ${this.name}`, () =>
      this.behaviour.endpoint({ key, caller, credentials }),
    );
    return { ...opening, ...endpoint };
  }

  async renew(record: UpstreamRecord): Promise<void> {
    await this.write(record.key, () => this.service.renew(record.key, [this.records.put(record)]));
  }

  async publish({ event, payload }: UpstreamEvent, record: UpstreamRecord): Promise<void> {
    const writes = this.isVolatile(event) ? [] : [this.records.put(record)];
    await this.write(record.key, () => this.service.publish(record.key, event, payload, writes));
  }

  after(state: object, event: UpstreamEvent): object | undefined {
    if (this.isVolatile(event.event)) return state;
    try {
      return this.behaviour.apply(state, event);
    } catch (thrown) {
      this.service.failures.error(`unable to apply ${event.event} of the old server of ${this.name}`, thrown);
      return undefined;
    }
  }

  away(record: UpstreamRecord, retry_in_ms: number, why: Fault): void {
    const what = `the old server of ${this.name} is away; ${why.code} ${JSON.stringify(why.details ?? {})}`;
    this.service.failures.warn(what, what);
    const failed = (error: unknown) =>
      this.service.failures.error(`unable to store that the old server of ${this.name} is away`, error);
    this.records.save(record).catch(failed);
    this.tell({ key: record.key, status: 'away', retry_in_ms });
  }

  back(key: string): void {
    this.tell({ key, status: 'back' });
  }

  async members(key: string): Promise<readonly Caller[]> {
    const { members } = this.service;
    const here = members.here(key);
    return (here.length > 0 ? here : await members.of(key)).map(({ caller }) => caller);
  }

  watch(caller: Caller, ended: () => void): () => void {
    const ignore = () => {};
    return this.shared.credentials.enter({ caller, warn: ignore, sendError: ignore, end: ended });
  }

  async release(room: UpstreamRoom): Promise<void> {
    const { key } = room;
    if (!this.seized.has(key)) {
      await this.records.remove(key).catch(() => undefined);
      this.shared.leases.handOver(this.name, key);
    }
    if (this.rooms.get(key) === room) this.rooms.delete(key);
  }

  private async openFor(caller: Caller, key: string, owner: string): Promise<UpstreamRoom | undefined> {
    if (this.isClosed) throw new Fault('service.draining');
    // A call that another process has sent here comes without credentials.
    if (!canOpen(caller)) throw new Fault('upstream.unavailable', { retry_after_ms: 0 });
    const room = await this.take(caller, key, owner);
    room?.open();
    return room;
  }

  private async take(caller: Caller, key: string, owner: string): Promise<UpstreamRoom | undefined> {
    if (!(await this.shared.leases.hold(this.name, key))) return undefined;
    this.seized.delete(key);
    const room = new UpstreamRoom(key, owner, caller, this);
    this.rooms.set(key, room);
    return room;
  }

  private async isOpenElsewhere(key: string, owner: string): Promise<boolean> {
    const record = await this.records.get(key);
    if (!record) return false;
    if (record.owner !== owner) throw new Fault('room.forbidden');
    if (record.isAway) throw new Fault('upstream.unavailable');
    void this.shared.questions?.ask(`${this.name}/upstream-use`, key);
    return true;
  }

  private use(key: string): void {
    this.rooms
      .get(key)
      ?.ready()
      .catch(() => undefined);
  }

  /** Writes as the only process that may: not any more once others may have taken this one for dead. */
  private write<T>(key: string, write: () => Promise<T>): Promise<T> {
    return this.shared.leases.publish(this.name, key, false, write);
  }

  private isVolatile(event: string): boolean {
    return this.service.contract.events.get(event)?.volatile === true;
  }

  private tell(change: Change): void {
    this.tellHere(change);
    void this.shared.questions?.ask(`${this.name}/upstream`, change);
  }

  private tellHere({ key, ...change }: Change): void {
    const { contract, members, wires } = this.service;
    const ids = new Set(members.here(key).map(({ id }) => id));
    const payload = { service: contract.name, room: roomName(contract, key), ...change };
    const message: ControlMessage = { event: 'upstream_changed', payload };
    if (ids.size === 0) return;
    for (const { connection } of wires.connections()) if (ids.has(connection.id)) connection.control(message);
  }

  /** Forgets a room whose process is dead: who has members in it opens it anew. */
  private async free(key: string): Promise<void> {
    if (!this.seized.delete(key)) await this.records.remove(key);
  }

  private async lose(key: string): Promise<void> {
    this.seized.add(key);
    await this.rooms.get(key)?.close();
    // This process may take the lease again, once it is free.
    this.shared.leases.leave(this.name, key);
  }

  private async look(): Promise<void> {
    const unfed = this.service.rooms.occupied().filter((key) => !this.rooms.has(key));
    if (unfed.length === 0) return;
    const leases = await this.shared.store.cluster?.leases.list(Infinity);
    const fed = new Set(leases?.map(({ key }) => key));
    for (const key of unfed) if (!fed.has(runKey(this.name, key))) await this.takeOver(key);
  }

  private async takeOver(key: string): Promise<void> {
    const opener = openerAmong(this.service.members.here(key).map(({ caller }) => caller));
    const owner = opener && this.behaviour.owner(opener, key);
    if (!opener || owner === undefined) return;
    await this.opening.run(key, async () => {
      if (!this.isClosed && !this.rooms.has(key)) (await this.take(opener, key, owner))?.resume();
    });
  }
}

/** A change of a room that its members are told of. */
type Change = { key: string } & Pick<ControlPayloads['upstream_changed'], 'status' | 'retry_in_ms'>;
