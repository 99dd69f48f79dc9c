import { Injectable } from '@nestjs/common';
import { Corpus } from '../../corpus/index.js';

const MAX_HITS = 20;
const MAX_QUERY_LENGTH = 1000;

/** Answers an MCP server's requests to the index, the only requests that a server may make. */
@Injectable()
export class IndexRequests {
  constructor(private readonly corpus: Corpus) {}

  /** Answers a request. @throws Error for an unknown or invalid request; the server receives its message */
  answer(method: string, params: Readonly<Record<string, unknown>> = {}): Promise<object> | object {
    if (method === 'switchyard/search') return this.search(params);
    if (method === 'switchyard/sources') return this.sources();
    throw new Error(`there is no request ${method}`);
  }

  private search({ query, limit, source_id }: Readonly<Record<string, unknown>>) {
    if (typeof query !== 'string' || query.trim() === '') throw new Error('query must be a text');
    if (query.length > MAX_QUERY_LENGTH)
      throw new Error(`query must not be longer than ${MAX_QUERY_LENGTH} characters`);
    const max = Number.isInteger(limit) ? Math.min(Math.max(limit as number, 1), MAX_HITS) : MAX_HITS;
    const only = typeof source_id === 'string' && { source_id };
    const hits = this.corpus.index.search(query, { limit: max, ...only });
    return { hits: hits.map(({ title, url, chunk: { heading, text } }) => ({ title, url, heading, text })) };
  }

  private async sources() {
    // A server belongs to no user, so it sees only the sources without an owner.
    const sources = (await this.corpus.sources.list()).filter(({ owner }) => owner === undefined);
    return {
      sources: sources.map(({ source_id, title, url, chunks_count }) => ({ source_id, title, url, chunks_count })),
    };
  }
}
