import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { STORE, type Store } from '@switchyard/server';
import type { QueryResult } from '@switchyard/services';
import { merge, type Subscription } from 'rxjs';
import { DomainEvents, TextIndex, idOf } from '../../corpus/index.js';
import { QuerySettings } from './query.settings.js';

/** A stored answer with the words of its query. */
export interface CachedAnswer {
  query: string;
  terms: string[];
  /** The weight of each term in the index; the index does not change while the answer is stored. */
  weights: number[];
  result: QueryResult;
  /** The user who asked; the answer may be from that user's sources, so other users do not get it. */
  owner?: string;
  /** Unix ms. */
  at: number;
}

/** An answer to store. */
export interface NewAnswer extends Omit<CachedAnswer, 'at' | 'owner' | 'weights'> {
  owner: string | undefined;
}

const COLLECTION = 'query_answers';
const idFor = ({ terms, owner }: { terms: readonly string[]; owner?: string | undefined }) =>
  idOf(JSON.stringify([owner ?? null, ...[...terms].sort()]));

/** Caches answers, and finds them again for queries with similar words; a change of the index clears the cache. */
@Injectable()
export class QueryCache implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(QueryCache.name);
  private subscription: Subscription | undefined;
  private changes = 0;

  constructor(
    @Inject(STORE) private readonly store: Store,
    private readonly index: TextIndex,
    private readonly events: DomainEvents,
    private readonly settings: QuerySettings,
  ) {}

  onModuleInit(): void {
    const { events } = this;
    const names = ['source_added', 'source_updated', 'source_deleted'] as const;
    this.subscription = merge(...names.map((name) => events.onAnywhere(name))).subscribe(() => {
      this.changes += 1;
      this.clear().catch((error: unknown) => this.logger.error(error));
    });
  }

  onModuleDestroy(): void {
    this.subscription?.unsubscribe();
  }

  /** The number of changes of the index so far; see `put`. */
  get edition(): number {
    return this.changes;
  }

  /** Counts the answers of `owner`, and finds the one whose query is most similar to `terms`, if it is similar enough. */
  async find(terms: ReadonlySet<string>, owner: string | undefined): Promise<{ known: number; answer?: CachedAnswer }> {
    const edition = this.edition;
    const oldest = Date.now() - this.settings.cacheMs;
    const all = await this.store.documents.list<CachedAnswer>(COLLECTION);
    const answers = all.filter((answer) => answer.at >= oldest && answer.owner === owner);
    const asked = this.weigh([...terms]);
    const rated = answers.map((answer) => ({ answer, similarity: similarity(asked, weightsOf(answer)) }));
    const best = rated.sort((a, b) => b.similarity - a.similarity)[0];
    const isSimilar = best && best.similarity >= this.settings.similarity && edition === this.edition;
    return { known: answers.length, ...(isSimilar && { answer: best.answer }) };
  }

  /** Stores an answer that was found in this edition of the index, unless the index has changed since. */
  async put({ owner, ...answer }: NewAnswer, edition: number): Promise<void> {
    if (edition !== this.edition) return;
    const stored = await this.store.documents.list<CachedAnswer>(COLLECTION);
    const surplus = stored.sort((a, b) => b.at - a.at).slice(this.settings.cachedAnswers - 1);
    const weights = [...this.weigh(answer.terms).values()];
    const value: CachedAnswer = { ...answer, weights, at: Date.now(), ...(owner !== undefined && { owner }) };
    await this.store.documents.write([
      ...surplus.map((old) => ({ collection: COLLECTION, id: idFor(old), value: null })),
      { collection: COLLECTION, id: idFor({ ...answer, owner }), value },
    ]);
    if (edition !== this.edition) await this.clear();
  }

  private async clear(): Promise<void> {
    const answers = await this.store.documents.list<CachedAnswer>(COLLECTION);
    const writes = answers.map((answer) => ({ collection: COLLECTION, id: idFor(answer), value: null }));
    if (writes.length > 0) await this.store.documents.write(writes);
  }

  private weigh(terms: readonly string[]): Map<string, number> {
    return new Map(terms.map((term) => [term, this.index.weigh(term)]));
  }
}

function weightsOf({ terms, weights }: CachedAnswer): Map<string, number> {
  return new Map(terms.map((term, place) => [term, weights[place]!]));
}

/** Returns the cosine of two queries as vectors of their words, each with its weight. */
function similarity(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): number {
  const square = (weights: Iterable<number>) => [...weights].reduce((sum, weight) => sum + weight ** 2, 0);
  const common = square([...one].filter(([term]) => other.has(term)).map(([, weight]) => weight));
  return common === 0 ? 0 : common / Math.sqrt(square(one.values()) * square(other.values()));
}
