import { randomBytes } from 'node:crypto';
import { ProcessLimits } from './process.limits.js';
import { newNodeId } from '../node.id.js';
import type { Store } from '../store.js';
import { MemoryCalls } from './memory.calls.js';
import { MemoryDocuments } from './memory.documents.js';
import { MemoryRooms } from './memory.rooms.js';
import { MemorySeries } from './memory.series.js';

/** A store in this process's memory: the default, and the reference of the conformance suite. */
export class MemoryStore implements Store {
  readonly kind = 'memory';
  readonly durability = 'Nothing survives the process.';
  readonly forgets = true;
  readonly node = newNodeId();
  /** No write is ever refused. */
  readonly writes: number = 0;
  readonly degradedReason = undefined;
  readonly documents = new MemoryDocuments();
  readonly calls = new MemoryCalls();
  readonly limits = new ProcessLimits();
  readonly series = new MemorySeries();
  readonly rooms = new MemoryRooms(randomBytes(6).toString('base64url'), (writes) => this.documents.apply(writes));

  ready(): Promise<boolean> {
    return Promise.resolve(true);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
