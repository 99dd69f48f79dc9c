import { Injectable } from '@nestjs/common';
import { Sources, TextIndex, type SearchHit, type Source } from '../../corpus/index.js';
import { ResearchSettings } from './research.settings.js';
import type { SearchEngine } from './search.engine.js';

/** How many passages one site contributes. */
const PASSAGES_PER_SITE = 2;

/** Searches each crawled site by itself, so that a large site does not hide the small ones. */
@Injectable()
export class SitesEngine implements SearchEngine {
  readonly name = 'sites';
  readonly label = 'the crawled sites';
  readonly isSecondHand = true;

  constructor(
    private readonly sources: Sources,
    private readonly index: TextIndex,
    private readonly settings: ResearchSettings,
  ) {}

  async search(query: string, signal: AbortSignal, reader?: string): Promise<SearchHit[]> {
    const isSite = ({ source_type, owner }: Source) =>
      source_type === 'url' && (owner === undefined || owner === reader);
    const sites = (await this.sources.list()).filter(isSite);
    const hits: SearchHit[] = [];
    for (const { source_id } of sites.slice(0, this.settings.sites)) {
      signal.throwIfAborted();
      hits.push(...this.index.search(query, { source_id, limit: PASSAGES_PER_SITE, reader }));
    }
    return hits.sort((a, b) => b.score - a.score).slice(0, this.settings.passages);
  }
}
