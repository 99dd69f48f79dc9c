import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { STORE, type Store } from '@switchyard/server';
import type { QueryResult } from '@switchyard/services';
import { merge, type Subscription } from 'rxjs';
import { DomainEvents, TextIndex, idOf } from '../../corpus/index.js';
import { QuerySettings } from './query.settings.js';

/** An answer with the words it was asked for by. */
export interface CachedAnswer {
  query: string;
  terms: string[];
  /** How much each of the terms tells in what is indexed, which does not change while there is the answer. */
  weights: number[];
  result: QueryResult;
  /** Who asked: the answer may be from what is that user's, so it is nobody else's. */
  owner?: string;
  /** Unix ms. */
  at: number;
}

/** An answer that has just been found. */
export interface NewAnswer extends Omit<CachedAnswer, 'at' | 'owner' | 'weights'> {
  owner: string | undefined;
}

const COLLECTION = 'query_answers';
const idFor = ({ terms, owner }: { terms: readonly string[]; owner?: string | undefined }) =>
  idOf(JSON.stringify([owner ?? null, ...[...terms].sort()]));

/** Earlier answers, found again by how alike the words of two queries are; what is indexed changing, all are forgotten. */
@Injectable()
export class QueryCache implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(QueryCache.name);
  private subscription: Subscription | undefined;
  /** Counts the changes of what is indexed. */
  private edition = 0;

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
      this.edition += 1;
      this.clear().catch((error: unknown) => this.logger.error(error));
    });
  }

  onModuleDestroy(): void {
    this.subscription?.unsubscribe();
  }

  /** What an answer is based on; see `put`. */
  get current(): number {
    return this.edition;
  }

  /** How many answers `owner` has, and the one whose query is most like `terms`, if any is alike enough. */
  async find(terms: ReadonlySet<string>, owner: string | undefined): Promise<{ known: number; answer?: CachedAnswer }> {
    const edition = this.edition;
    const oldest = Date.now() - this.settings.cacheMs;
    const all = await this.store.documents.list<CachedAnswer>(COLLECTION);
    const answers = all.filter((answer) => answer.at >= oldest && answer.owner === owner);
    const asked = this.weigh([...terms]);
    const rated = answers.map((answer) => ({ answer, likeness: likeness(asked, weighed(answer)) }));
    const best = rated.sort((a, b) => b.likeness - a.likeness)[0];
    const isAlike = best && best.likeness >= this.settings.similarity && edition === this.edition;
    return { known: answers.length, ...(isAlike && { answer: best.answer }) };
  }

  /** Keeps an answer that was found in edition `edition` of the index, unless that has changed since. */
  async put({ owner, ...answer }: NewAnswer, edition: number): Promise<void> {
    if (edition !== this.edition) return;
    const kept = await this.store.documents.list<CachedAnswer>(COLLECTION);
    const surplus = kept.sort((a, b) => b.at - a.at).slice(this.settings.cachedAnswers - 1);
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

function weighed({ terms, weights }: CachedAnswer): Map<string, number> {
  return new Map(terms.map((term, place) => [term, weights[place]!]));
}

/** The cosine of two queries as vectors of their words, each as long as the word tells. */
function likeness(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): number {
  const square = (weights: Iterable<number>) => [...weights].reduce((sum, weight) => sum + weight ** 2, 0);
  const common = square([...one].filter(([term]) => other.has(term)).map(([, weight]) => weight));
  return common === 0 ? 0 : common / Math.sqrt(square(one.values()) * square(other.values()));
}
