import { until } from '../../harness/until.js';

/** A product's old client, as its pages use it. */
export interface OldClient {
  /** Follows what `publish` changes; resolves to a function that closes, once nothing more can be missed. */
  follow(url: string, n: number, onSeq: (seq: number) => void): Promise<() => void>;
  /** Changes something for the n-th time and returns the product's own number of the change. */
  publish(url: string, n: number): Promise<number>;
}

/** What went wrong with the events that old clients should have got, by the product's own numbers. */
export interface LoadCount {
  clients: number;
  events: number;
  lost: number;
  duplicated: number;
  reordered: number;
}

/** How a load is made. */
export interface LoadOptions {
  clients: number;
  events: number;
  /** Runs while the events are published; publishing goes on until it is done. */
  during?: () => Promise<void>;
}

/** Has many old clients follow while events are published, and counts by the product's own numbers. */
export async function countLoad(url: string, client: OldClient, options: LoadOptions): Promise<LoadCount> {
  const seen = Array.from({ length: options.clients }, (): number[] => []);
  const closers = await Promise.all(seen.map((seqs, n) => client.follow(url, n, (seq) => seqs.push(seq))));
  const published: number[] = [];
  let busy = options.during !== undefined;
  const meanwhile = options.during?.().finally(() => (busy = false));
  while (published.length < options.events || busy) published.push(await client.publish(url, published.length));
  await meanwhile;
  const last = published.at(-1)!;
  // Events that are late are not lost; what has not come when all is quiet is.
  await until('the last event at every client', () => seen.every((seqs) => seqs.includes(last)), 10_000).catch(
    () => undefined,
  );
  closers.forEach((close) => close());
  const count: LoadCount = { clients: options.clients, events: published.length, lost: 0, duplicated: 0, reordered: 0 };
  for (const seqs of seen) {
    const faults = faultsOf(published, seqs);
    count.lost += faults.lost;
    count.duplicated += faults.duplicated;
    count.reordered += faults.reordered;
  }
  return count;
}

/** Compares what one client got with what was published. */
function faultsOf(published: readonly number[], seen: readonly number[]) {
  const distinct = new Set(seen);
  const first = [...distinct];
  return {
    lost: published.filter((seq) => !distinct.has(seq)).length,
    duplicated: seen.length - distinct.size,
    reordered: first.filter((seq, at) => at > 0 && seq < first[at - 1]!).length,
  };
}
