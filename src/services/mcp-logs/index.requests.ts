import { Injectable } from '@nestjs/common';
import { Corpus } from '../../corpus/index.js';

const MAX_HITS = 20;
const LONGEST_QUERY = 1000;

/** Answers what a server asks of the index; nothing else can be asked. */
@Injectable()
export class IndexRequests {
  constructor(private readonly corpus: Corpus) {}

  /** @throws Error, told to the server, for a request that there is not or that does not fit */
  answer(method: string, params: Readonly<Record<string, unknown>> = {}): Promise<object> | object {
    if (method === 'switchyard/search') return this.search(params);
    if (method === 'switchyard/sources') return this.sources();
    throw new Error(`there is no request ${method}`);
  }

  private search({ query, limit, source_id }: Readonly<Record<string, unknown>>) {
    if (typeof query !== 'string' || query.trim() === '') throw new Error('query must be a text');
    if (query.length > LONGEST_QUERY) throw new Error(`query must not be longer than ${LONGEST_QUERY} characters`);
    const most = Number.isInteger(limit) ? Math.min(Math.max(limit as number, 1), MAX_HITS) : MAX_HITS;
    const only = typeof source_id === 'string' && { source_id };
    const hits = this.corpus.index.search(query, { limit: most, ...only });
    return { hits: hits.map(({ title, url, chunk: { heading, text } }) => ({ title, url, heading, text })) };
  }

  private async sources() {
    // A server is nobody's: it is told of what is everybody's.
    const sources = (await this.corpus.sources.list()).filter(({ owner }) => owner === undefined);
    return {
      sources: sources.map(({ source_id, title, url, chunks_count }) => ({ source_id, title, url, chunks_count })),
    };
  }
}
