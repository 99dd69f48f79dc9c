import type { KeyShare } from '@switchyard/contract';
import { targetingKey, type Caller } from '../caller/caller.js';
import type { ServiceRuntime } from '../service/service.runtime.js';
import type { Canary } from '../stages/stages.js';
import { changeDocuments } from '../store/document.conflict.js';
import type { DocumentStore } from '../store/store.js';
import { keyHash } from './key.hash.js';
import { KeySketch } from './key.sketch.js';
import { dueLook, hasOtherShare } from './share.looks.js';

const COLLECTION = 'canary-keys';

/** What all processes have counted since a canary's percentage was set, as the store keeps it. */
interface CountedKeys {
  service: string;
  /** When the percentage was set; see `Canary`. */
  since: string;
  /** Nobody counts before this time, Unix ms: connected clients still move. */
  from: number;
  /** A `KeySketch`. */
  keys: string;
  /** The number of keys at the last look; 0 before the first one. */
  looked: number;
  /** Whether a look has found another share. */
  differs: boolean;
}

/** What a census needs from the process around it. */
export interface CensusHost {
  documents: DocumentStore;
  /** The canary that the service is in; undefined when there is none whose share can be tested. */
  canary(): Canary | undefined;
  /** How long clients of this process may still move after the latest change, in ms. */
  left_ms(): number;
}

/**
 * Counts the distinct clients of one service's canary in all processes, by the wire on which they are first seen.
 *
 * Nobody counts while connected clients move. Then each process counts the clients that are in a room, and after that each
 * one that joins a room or polls. A client on a fallback counts as one that is not on the new wire.
 */
export class KeyCensus {
  /** The canary that is counted, by the time when its percentage was set. */
  private since: string | undefined;
  private isCounting = false;
  /** What the store had when this process looked last. */
  private known = new KeySketch();
  /** What this process has seen besides. */
  private found = new KeySketch();
  private flushing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly service: ServiceRuntime,
    private readonly host: CensusHost,
  ) {}

  /** Counts one of our clients by the wire that it is on. */
  see(caller: Caller): void {
    const key = targetingKey(caller);
    if (key === undefined || caller.isShadow || !this.isCounting) return;
    if (this.host.canary()?.since !== this.since) return;
    const hash = keyHash('canary', this.service.contract.name, key);
    if (this.known.wants(hash)) this.found.add(hash, this.isOnNew(caller));
  }

  /** Adds what this process has seen to what the store has, and tests the share when that is due. @throws Fault `store.unavailable` */
  flush(): Promise<void> {
    const flushed = this.flushing.then(() => this.merge());
    this.flushing = flushed.catch(() => undefined);
    return flushed;
  }

  /** The share as all processes know it; undefined when there is none to test. @throws Fault `store.unavailable` */
  async share(): Promise<KeyShare | undefined> {
    const canary = this.host.canary();
    if (!canary) return undefined;
    const { keys, looked, differs } = (await this.stored(canary)) ?? newCount(this.service, canary);
    const { size, onNew } = KeySketch.decode(keys);
    const verdict = differs ? 'differs' : looked > 0 ? 'agrees' : 'waiting';
    const observed = size > 0 ? Math.round((onNew / size) * 100_000) / 1000 : null;
    return { expected: canary.percent, observed, keys: size, verdict };
  }

  private async merge(): Promise<void> {
    const canary = this.host.canary();
    if (canary?.since !== this.since) this.reset(canary);
    if (!canary || (this.isCounting && this.found.size === 0)) return;
    await changeDocuments(() => this.write(canary));
  }

  private reset(canary: Canary | undefined): void {
    this.since = canary?.since;
    this.isCounting = false;
    this.known = new KeySketch();
    this.found = new KeySketch();
  }

  private async write(canary: Canary): Promise<void> {
    const { documents } = this.host;
    const before = await documents.get<CountedKeys>(COLLECTION, this.service.contract.name);
    // Another process knows a later change.
    if (before && before.since > canary.since) return;
    const counted = before?.since === canary.since ? before : newCount(this.service, canary);
    const left_ms = this.host.left_ms();
    const from = left_ms > 0 ? Math.max(counted.from, Date.now() + left_ms) : counted.from;
    if (!this.isCounting && Date.now() >= from) this.begin();
    const keys = KeySketch.decode(counted.keys);
    const hasChanged = keys.merge(this.found);
    if (hasChanged || from > counted.from || counted !== before) {
      const value = tested({ ...counted, from, keys: keys.encode() }, keys, canary);
      const expect = before ?? null;
      await documents.write([{ collection: COLLECTION, id: this.service.contract.name, value, expect }]);
    }
    this.settle(keys);
  }

  /** Counts the clients that are here already. */
  private begin(): void {
    this.isCounting = true;
    const connections = this.service.wires.connections();
    // A client that is on both wires has come to the new one.
    connections.sort((a, b) => Number(this.isOnNew(b.connection.caller)) - Number(this.isOnNew(a.connection.caller)));
    const members = this.service.rooms.memberIds();
    for (const { connection } of connections) {
      if (connection.isOurClient && members.has(connection.id)) this.see(connection.caller);
    }
  }

  /** Forgets what the store has now; what was seen during the write is written next time. */
  private settle(keys: KeySketch): void {
    this.known = keys;
    this.found = this.found.without(keys);
  }

  private stored({ since }: Canary): Promise<CountedKeys | undefined> {
    const stored = this.host.documents.get<CountedKeys>(COLLECTION, this.service.contract.name);
    return stored.then((counted) => (counted?.since === since ? counted : undefined));
  }

  private isOnNew({ wire }: Caller): boolean {
    return this.service.wires.advisedAs(wire) === 'socketio';
  }
}

function newCount({ contract: { name } }: ServiceRuntime, { since }: Canary): CountedKeys {
  return { service: name, since, from: 0, keys: '', looked: 0, differs: false };
}

/** Looks at the share when there are enough keys for the next look; what differs once stays so. */
function tested(counted: CountedKeys, { size, onNew }: KeySketch, { percent }: Canary): CountedKeys {
  const look = dueLook(size, counted.looked);
  if (look === undefined || counted.differs) return counted;
  return { ...counted, looked: look, differs: hasOtherShare(onNew, size, percent) };
}
