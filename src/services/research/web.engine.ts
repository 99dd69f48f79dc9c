import { Fault } from '@switchyard/contract';
import { idOf, normalizeUrl, type SearchHit } from '../../corpus/index.js';
import type { ResearchSettings } from './research.settings.js';
import type { SearchEngine } from './search.engine.js';

/** One result in the answer of SearXNG or a similar engine. */
interface WebResult {
  url?: unknown;
  title?: unknown;
  content?: unknown;
}

/** Searches the web with an engine that, like SearXNG, answers `?q=…&format=json` with `{ results: { url, title, content }[] }`. */
export class WebEngine implements SearchEngine {
  readonly name = 'web';
  readonly label = 'the web';
  readonly isSecondHand = true;

  constructor(
    private readonly url: string,
    private readonly settings: ResearchSettings,
  ) {}

  async search(query: string, signal: AbortSignal): Promise<SearchHit[]> {
    const late = AbortSignal.timeout(this.settings.engineTimeoutMs);
    try {
      const { results } = await this.ask(query, AbortSignal.any([signal, late]));
      if (!Array.isArray(results)) throw new Error('unable to read the results; there is no list of them');
      return (results as WebResult[]).flatMap(toHit).slice(0, this.settings.passages);
    } catch (thrown) {
      signal.throwIfAborted();
      if (thrown instanceof Fault) throw thrown;
      throw new Fault(late.aborted ? 'research.timeout' : 'research.connection', undefined, { cause: thrown });
    }
  }

  private async ask(query: string, signal: AbortSignal): Promise<{ results?: unknown }> {
    const address = new URL(this.url);
    address.searchParams.set('q', query);
    address.searchParams.set('format', 'json');
    const response = await fetch(address, { signal, headers: { accept: 'application/json' } });
    if (response.status === 429) throw new Fault('research.rate_limit');
    if (!response.ok) throw new Error(`unable to search; the engine answers ${response.status}`);
    return (await response.json()) as { results?: unknown };
  }
}

function toHit({ url: address, title, content }: WebResult, position: number): SearchHit[] {
  const url = typeof address === 'string' ? normalizeUrl(address) : undefined;
  if (!url) return [];
  const page = { url, title: typeof title === 'string' ? title : url, source_id: 'web' };
  const text = typeof content === 'string' ? content : '';
  const chunk = { id: idOf(url), ...page, heading: '', text, word_count: text.split(/\s+/).length, position };
  return [{ chunk, score: 1 / (position + 1), ...page }];
}
