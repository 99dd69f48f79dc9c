import { Injectable } from '@nestjs/common';
import { TextIndex, type SearchHit } from '../../corpus/index.js';
import { ResearchSettings } from './research.settings.js';
import type { SearchEngine } from './search.engine.js';

/** Searches the whole index at once. */
@Injectable()
export class IndexEngine implements SearchEngine {
  readonly name = 'index';
  readonly label = 'the local index';
  readonly isSecondHand = false;

  constructor(
    private readonly index: TextIndex,
    private readonly settings: ResearchSettings,
  ) {}

  search(query: string, _signal: AbortSignal, reader?: string): Promise<SearchHit[]> {
    const limit = this.settings.passages;
    return Promise.resolve(this.index.search(query, { limit, reader }));
  }
}
