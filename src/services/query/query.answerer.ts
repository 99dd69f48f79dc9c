import { Injectable, Logger } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import type { QueryResult, QueryStepName } from '@switchyard/services';
import { AnswerWriter, counted, pagesOf, termsAsked, termsOf, type WrittenAnswer } from '../../answers/index.js';
import { PageReader, Pages, TextIndex, passagesOf, type SearchHit } from '../../corpus/index.js';
import { QueryCache, type NewAnswer } from './query.cache.js';
import type { QueryReporter } from './query.reporter.js';
import { QuerySettings } from './query.settings.js';

/** Answers queries step by step; a failed step is published, and the next ones go on without its result. */
@Injectable()
export class QueryAnswerer {
  private readonly logger = new Logger(QueryAnswerer.name);

  constructor(
    private readonly cache: QueryCache,
    private readonly index: TextIndex,
    private readonly pages: Pages,
    private readonly reader: PageReader,
    private readonly writer: AnswerWriter,
    private readonly settings: QuerySettings,
  ) {}

  /**
   * Does all steps after `validating`, with the sources that belong to `owner` or to no user.
   *
   * @throws Fault `query.empty`, `query.failed`; the signal's reason when it is aborted
   */
  async answer(
    query: string,
    owner: string | undefined,
    reporter: QueryReporter,
    signal: AbortSignal,
  ): Promise<QueryResult> {
    const began = performance.now();
    const elapsed_s = () => Math.round(performance.now() - began) / 1000;
    const terms = termsAsked(query);
    if (terms.size === 0) throw new Fault('query.empty');
    const edition = this.cache.edition;
    const earlier = await this.findEarlier(terms, owner, reporter, signal);
    if (earlier) {
      await reporter.step('done');
      return { ...earlier, from_cache: true, processing_time_s: elapsed_s() };
    }
    const found = await this.search(query, terms, owner, reporter);
    signal.throwIfAborted();
    const passages = await this.scrape(found, terms, owner, reporter, signal);
    const { text, citations } = await this.summarize(query, passages, reporter, signal);
    await reporter.step('done');
    const sources = citations.map(({ url, title }) => ({ url, title }));
    const urls_found = pagesOf(passages).length;
    const result = { from_cache: false, summary: text, urls_found, processing_time_s: elapsed_s(), sources };
    if (urls_found > 0) await this.putInCache({ query, terms: [...terms], result, owner }, edition);
    return result;
  }

  private async findEarlier(
    terms: ReadonlySet<string>,
    owner: string | undefined,
    reporter: QueryReporter,
    signal: AbortSignal,
  ) {
    await reporter.step('similarity');
    const { answer } = await this.attempt('similarity', reporter, signal, { known: 0 }, () =>
      this.cache.find(terms, owner),
    );
    if (answer) await reporter.step('cache_hit', `The answer to “${answer.query}”`);
    return answer?.result;
  }

  private async search(
    query: string,
    terms: ReadonlySet<string>,
    owner: string | undefined,
    reporter: QueryReporter,
  ): Promise<SearchHit[]> {
    await reporter.step('searching', [...terms].join(', '));
    try {
      return this.index.search(query, { limit: this.settings.passages, reader: owner });
    } catch (cause) {
      await reporter.failStep('searching', 'The index could not be searched');
      throw new Fault('query.failed', undefined, { cause });
    }
  }

  /** Returns the passages; those of old pages are read again. */
  private async scrape(
    found: readonly SearchHit[],
    terms: ReadonlySet<string>,
    owner: string | undefined,
    reporter: QueryReporter,
    signal: AbortSignal,
  ): Promise<readonly SearchHit[]> {
    const due = await this.attempt('scraping', reporter, signal, [], () => this.due(found));
    await reporter.step('scraping', due.length > 0 ? due.join(', ') : 'All pages are fresh');
    const visits = await Promise.allSettled(due.map((url) => this.reader.read(url, signal, owner)));
    signal.throwIfAborted();
    let passages = found;
    for (const [at, visit] of visits.entries()) {
      const url = due[at]!;
      const reason =
        visit.status === 'rejected' ? String(visit.reason) : visit.value.kind === 'missed' && visit.value.reason;
      if (reason) await reporter.failStep('scraping', `${url} is used as it was indexed: ${reason}`);
      else if (visit.status === 'fulfilled' && visit.value.kind === 'page') {
        passages = replacePassages(passages, url, passagesOf(visit.value, sourceOf(found, url)), terms);
      }
    }
    return passages;
  }

  /** Returns the addresses of pages that are not stored or were read too long ago. */
  private async due(found: readonly SearchHit[]): Promise<string[]> {
    const oldest = Date.now() - this.settings.freshMs;
    const due: string[] = [];
    for (const { url, source_id } of pagesOf(found)) {
      if (!/^https?:/.test(url) || due.length >= this.settings.scrapedPages) continue;
      const page = await this.pages.get(source_id, url);
      if (!page || Date.parse(page.fetched_at) < oldest) due.push(url);
    }
    return due;
  }

  private async summarize(
    query: string,
    passages: readonly SearchHit[],
    reporter: QueryReporter,
    signal: AbortSignal,
  ): Promise<WrittenAnswer> {
    const pages = pagesOf(passages).length;
    await reporter.step('summarizing', counted(pages, 'page'));
    const extract = () => this.writer.extract(query, passages);
    if (!this.writer.hasModel || pages === 0) return extract();
    const ask = () => this.writer.ask(query, passages, signal);
    return (await this.attempt('summarizing', reporter, signal, undefined, ask)) ?? extract();
  }

  private async putInCache(answer: NewAnswer, edition: number) {
    try {
      await this.cache.put(answer, edition);
    } catch (error) {
      this.logger.error(error);
    }
  }

  /** Does the work of a step; if it fails, publishes that and returns `fallback`. */
  private async attempt<T>(
    step: QueryStepName,
    reporter: QueryReporter,
    signal: AbortSignal,
    fallback: T,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      signal.throwIfAborted();
      if (!(thrown instanceof Fault)) this.logger.error(thrown);
      await reporter.failStep(step, Fault.from(thrown).message);
      return fallback;
    }
  }
}

function sourceOf(found: readonly SearchHit[], url: string): string {
  return found.find((hit) => hit.url === url)?.source_id ?? '';
}

/** Replaces the passages of one page by its fresh passages that have one of the `terms`. */
function replacePassages(
  passages: readonly SearchHit[],
  url: string,
  fresh: readonly SearchHit[],
  terms: ReadonlySet<string>,
): SearchHit[] {
  const place = passages.findIndex((hit) => hit.url === url);
  const relevant = fresh.filter(({ chunk, title }) => {
    const found = termsOf(`${title} ${chunk.heading} ${chunk.text}`);
    return [...terms].some((term) => found.has(term));
  });
  // Keep the address, so that a redirect does not make a second page.
  const moved = relevant.map((hit) => ({ ...hit, url, chunk: { ...hit.chunk, url } }));
  const others = passages.filter((hit) => hit.url !== url);
  return [...others.slice(0, place), ...moved, ...others.slice(place)];
}
