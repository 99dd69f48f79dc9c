import type { EngineName } from '@switchyard/services';
import type { SearchHit } from '../../corpus/index.js';

/** A port to one kind of search. */
export interface SearchEngine {
  readonly name: EngineName;
  /** The name for people. */
  readonly label: string;
  /** Whether its passages may be incomplete or old, so that their pages must be read. */
  readonly isSecondHand: boolean;
  /**
   * Finds passages for a query, best first, in the sources that belong to `reader` or to no user.
   *
   * @throws Fault `research.*`; the signal's reason when it is aborted
   */
  search(query: string, signal: AbortSignal, reader?: string): Promise<SearchHit[]>;
}
