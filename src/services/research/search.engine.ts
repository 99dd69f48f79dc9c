import type { EngineName } from '@switchyard/services';
import type { SearchHit } from '../../corpus/index.js';

/** Something that can be searched. */
export interface SearchEngine {
  readonly name: EngineName;
  /** For people. */
  readonly label: string;
  /** Whether what it finds has to be read where it is: it is a part of it, or as it was some time ago. */
  readonly isSecondHand: boolean;
  /**
   * The passages that fit a query, best first; of what belongs to somebody, only what is `reader`'s.
   *
   * @throws Fault `research.*`; the signal's reason when it is aborted
   */
  search(query: string, signal: AbortSignal, reader?: string): Promise<SearchHit[]>;
}
