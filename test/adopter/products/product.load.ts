import { until } from '../../harness/until.js';

/** A product's old client, as its pages use it. */
export interface OldClient {
  /** Follows what `publish` changes; resolves to a function that closes, once nothing more can be missed. */
  follow(url: string, n: number, onSeq: (seq: number) => void): Promise<() => void>;
  /** Changes something for the n-th time and returns the product's own number of the change. */
  publish(url: string, n: number): Promise<number>;
}

/** A page with our client that follows what `publish` changes. */
export interface OurPage {
  close(): void;
  /** The wire that it uses now. */
  wire(): string | undefined;
}

/** The pages with our client of a product whose team has moved it. */
export interface OurClient {
  /** Follows as the old client does; resolves once nothing more can be missed. */
  follow(url: string, n: number, onSeq: (seq: number) => void): Promise<OurPage>;
}

/** What went wrong with the events that some clients should have got, by the product's own numbers. */
export interface Faults {
  clients: number;
  lost: number;
  duplicated: number;
  reordered: number;
}

/** What went wrong for the old clients, and for our own that followed beside them. */
export interface LoadCount extends Faults {
  events: number;
  ours?: Faults;
}

/** How a load is made. */
export interface LoadOptions {
  clients: number;
  events: number;
  /** Runs while the events are published, with the pages of ours; publishing goes on until it is done. */
  during?: (pages: readonly OurPage[]) => Promise<void>;
  /** Our client, which follows beside the old ones. */
  ours?: OurClient;
}

/** How many pages with our client follow, fewer than the old ones: they may all be one user's, whose joins are limited. */
const OUR_PAGES = 5;

/** Has many clients follow while events are published, and counts by the product's own numbers. */
export async function countLoad(url: string, client: OldClient, options: LoadOptions): Promise<LoadCount> {
  const { clients, events, during, ours } = options;
  const seen = Array.from({ length: clients }, (): number[] => []);
  const seenByOurs = Array.from({ length: ours ? OUR_PAGES : 0 }, (): number[] => []);
  const closers = await Promise.all(seen.map((seqs, n) => client.follow(url, n, (seq) => seqs.push(seq))));
  const pages = await Promise.all(seenByOurs.map((seqs, n) => ours!.follow(url, n, (seq) => seqs.push(seq))));
  const published: number[] = [];
  let busy = during !== undefined;
  const meanwhile = during?.(pages).finally(() => (busy = false));
  while (published.length < events || busy) published.push(await client.publish(url, published.length));
  await meanwhile;
  const last = published.at(-1)!;
  // Events that are late are not lost; what has not come when all is quiet is.
  const all = [...seen, ...seenByOurs];
  await until('the last event at every client', () => all.every((seqs) => seqs.includes(last)), 10_000).catch(
    () => undefined,
  );
  closers.forEach((close) => close());
  pages.forEach((page) => page.close());
  const count = { ...faultsOfAll(published, seen), events: published.length };
  return ours ? { ...count, ours: faultsOfAll(published, seenByOurs) } : count;
}

function faultsOfAll(published: readonly number[], seen: readonly (readonly number[])[]): Faults {
  const sum: Faults = { clients: seen.length, lost: 0, duplicated: 0, reordered: 0 };
  for (const seqs of seen) {
    const faults = faultsOf(published, seqs);
    sum.lost += faults.lost;
    sum.duplicated += faults.duplicated;
    sum.reordered += faults.reordered;
  }
  return sum;
}

/** Whether nothing went wrong for anybody. */
export function isFaultless({ ours, ...old }: LoadCount): boolean {
  return [old, ...(ours ? [ours] : [])].every(({ lost, duplicated, reordered }) => lost + duplicated + reordered === 0);
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
