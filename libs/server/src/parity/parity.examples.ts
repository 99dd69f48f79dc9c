import { createHash } from 'node:crypto';
import type { Logger } from '@nestjs/common';
import { Fault, type Mismatch } from '@switchyard/contract';
import { changeDocuments } from '../store/document.conflict.js';
import type { Store } from '../store/store.js';

const COLLECTION = 'parity-examples';
/** How long an example waits to be written, in ms: with the others. */
const WRITE_MS = 500;
/** How many examples of a service are kept. */
const MAX_KEPT = 50;
/** How many of them may be from one client. */
const MAX_OF_CLIENT = 10;

/** An example with a digest of the client that reported it. */
interface KeptExample extends Mismatch {
  client: string;
}

/** The examples of a service, the latest last. */
interface KeptExamples {
  service: string;
  examples: KeptExample[];
}

/** Keeps the latest mismatches of each service in the store, from all processes. */
export class ParityExamples {
  private readonly unwritten = new Map<string, KeptExample[]>();
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> = Promise.resolve();
  private isAway = false;

  constructor(
    private readonly store: Pick<Store, 'documents'>,
    private readonly logger: Logger,
  ) {}

  /** Keeps examples that a client has reported; they are written soon. */
  add(service: string, key: string, examples: readonly Mismatch[]): void {
    if (examples.length === 0) return;
    const client = createHash('sha256').update(key).digest('base64url').slice(0, 8);
    const added = examples.map((example) => ({ ...example, client }));
    this.unwritten.set(service, latest([...(this.unwritten.get(service) ?? []), ...added]));
    this.timer ??= setTimeout(() => void this.flush(), WRITE_MS).unref();
  }

  /** The examples of a service since `from`, Unix ms, the latest first. @throws Fault `store.unavailable` */
  async of(service: string, from: number): Promise<Mismatch[]> {
    await this.flush();
    const { examples = [] } = (await this.store.documents.get<KeptExamples>(COLLECTION, service)) ?? {};
    const shown = examples.filter(({ at }) => Date.parse(at) >= from).reverse();
    return shown.map(({ client: _, ...example }) => example);
  }

  /** Writes what is not written yet; what the store refuses waits. Never rejects. */
  flush(): Promise<void> {
    return (this.flushing = this.flushing.then(() => this.write()));
  }

  private async write(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const all = [...this.unwritten];
    this.unwritten.clear();
    await Promise.all(all.map(([service, examples]) => this.writeService(service, examples)));
  }

  private async writeService(service: string, added: KeptExample[]): Promise<void> {
    const { documents } = this.store;
    try {
      await changeDocuments(async () => {
        const before = await documents.get<KeptExamples>(COLLECTION, service);
        const value: KeptExamples = { service, examples: latest([...(before?.examples ?? []), ...added]) };
        await documents.write([{ collection: COLLECTION, id: service, value, expect: before ?? null }]);
      });
      this.isAway = false;
    } catch (error) {
      if (!this.isAway) this.logger.warn(`unable to store mismatches; ${String(error)}; the latest are kept`);
      this.isAway = true;
      // What may have been written is not written twice.
      if (error instanceof Fault && error.code === 'call.outcome_unknown') return;
      this.unwritten.set(service, latest([...added, ...(this.unwritten.get(service) ?? [])]));
      this.timer ??= setTimeout(() => void this.flush(), WRITE_MS).unref();
    }
  }
}

/** The latest of these examples, and of each client's. */
function latest(examples: readonly KeptExample[]): KeptExample[] {
  const counts = new Map<string, number>();
  const kept: KeptExample[] = [];
  const sorted = [...examples].sort((a, b) => b.at.localeCompare(a.at));
  for (const example of sorted) {
    const count = counts.get(example.client) ?? 0;
    counts.set(example.client, count + 1);
    if (count < MAX_OF_CLIENT && kept.length < MAX_KEPT) kept.push(example);
  }
  return kept.reverse();
}
