import { Injectable, Logger } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { RunAborted } from '@switchyard/server';
import type { EngineResult, ResearchReport } from '@switchyard/services';
import { AnswerWriter, counted, pagesOf, termsAsked, type WrittenAnswer } from '../../answers/index.js';
import { PageReader, passagesOf, type SearchHit } from '../../corpus/index.js';
import { toResearchError } from './research.error.js';
import type { ResearchJournal } from './research.journal.js';
import { ResearchSettings } from './research.settings.js';
import type { SearchEngine } from './search.engine.js';

/** Where the phases begin, in percent of the whole. */
const AT = { planning: 0, searching: 5, reading: 50, writing: 85 } as const;

/** What one engine found. */
interface Finding extends EngineResult {
  hits: SearchHit[];
  isSecondHand: boolean;
}

/** Researches a question: asks every engine, reads the pages that matter, and writes a report. */
@Injectable()
export class Researcher {
  private readonly logger = new Logger(Researcher.name);

  constructor(
    private readonly reader: PageReader,
    private readonly writer: AnswerWriter,
    private readonly settings: ResearchSettings,
  ) {}

  /** Does a research for `owner` to its end, whichever that is; everything about it goes into the journal. */
  async follow(
    journal: ResearchJournal,
    engines: readonly SearchEngine[],
    signal: AbortSignal,
    owner?: string,
  ): Promise<void> {
    try {
      await journal.complete(await this.research(journal.state.query, engines, journal, signal, owner));
    } catch (thrown) {
      const cut = RunAborted.of(signal);
      if (cut === 'stopped') await journal.cancel('Stopped');
      else await this.fail(journal, cut ? new Fault(`research.${cut}`) : thrown);
    }
  }

  private async fail(journal: ResearchJournal, thrown: unknown): Promise<void> {
    if (!(thrown instanceof Fault)) this.logger.error(thrown);
    await journal.fail(toResearchError(thrown, 'connection'));
  }

  /** @throws what the last engine threw when all failed; the signal's reason when it is aborted */
  private async research(
    query: string,
    engines: readonly SearchEngine[],
    journal: ResearchJournal,
    signal: AbortSignal,
    owner: string | undefined,
  ): Promise<ResearchReport> {
    const began = performance.now();
    const names = engines.map(({ label }) => label).join(', ');
    await journal.enter('planning', AT.planning, `Looking for ${[...termsAsked(query)].join(', ')} in ${names}`);
    await journal.enter('searching', AT.searching, `Asking ${names}`);
    const findings = await this.search(query, engines, journal, signal);
    const passages = await this.read(findings, journal, signal, owner);
    await journal.enter('writing', AT.writing, `Writing the report from ${counted(pagesOf(passages).length, 'page')}`);
    const { text, citations } = await this.write(query, passages, journal, signal);
    const found = findings.map(({ engine, result_count }) => ({ engine, result_count }));
    const duration_s = Math.round(performance.now() - began) / 1000;
    const sources = citations.map(({ url, title }) => ({ url, title }));
    return { title: query, content: text, sources, engines: found, duration_s };
  }

  private async search(
    query: string,
    engines: readonly SearchEngine[],
    journal: ResearchJournal,
    signal: AbortSignal,
  ): Promise<Finding[]> {
    const findings: Finding[] = [];
    let failure: unknown;
    for (const [place, engine] of engines.entries()) {
      const { name, label, isSecondHand } = engine;
      const progress = AT.searching + ((AT.reading - AT.searching) * (place + 1)) / engines.length;
      try {
        const hits = await engine.search(query, signal);
        signal.throwIfAborted();
        findings.push({ engine: name, result_count: hits.length, hits, isSecondHand });
        await journal.select({ engine: name, result_count: hits.length });
        await journal.note(progress, `Found ${counted(hits.length, 'passage')} in ${label}`);
      } catch (thrown) {
        signal.throwIfAborted();
        failure = thrown;
        const error = toResearchError(thrown, 'connection');
        await journal.warn(progress, `Nothing from ${label}: ${error.message}`, error);
      }
    }
    if (findings.length === 0) throw failure;
    return findings;
  }

  /** Every passage, those found second hand as their pages have them now where these can be read. */
  private async read(
    findings: readonly Finding[],
    journal: ResearchJournal,
    signal: AbortSignal,
    owner: string | undefined,
  ): Promise<SearchHit[]> {
    const known = new Map(findings.flatMap(({ hits }) => hits).map((hit) => [hit.chunk.id, hit]));
    const secondHand = pagesOf(findings.filter(({ isSecondHand }) => isSecondHand).flatMap(({ hits }) => hits));
    const pages = secondHand.filter(({ url }) => /^https?:/.test(url)).slice(0, this.settings.readPages);
    await journal.enter('reading', AT.reading, `Reading ${counted(pages.length, 'page')}`);
    const passages = [...known.values()];
    for (const [place, { url, source_id }] of pages.entries()) {
      const progress = AT.reading + ((AT.writing - AT.reading) * (place + 1)) / pages.length;
      const visit = await this.reader.read(url, signal, owner);
      signal.throwIfAborted();
      if (visit.kind === 'missed') {
        await journal.warn(progress, `${url} is used as it was found: ${visit.reason}`);
        continue;
      }
      const at = passages.findIndex((hit) => hit.url === url);
      const others = passages.filter((hit) => hit.url !== url);
      const fresh = passagesOf(visit, source_id);
      passages.splice(0, passages.length, ...others.slice(0, at), ...fresh, ...others.slice(at));
      await journal.note(progress, `Read ${url}`);
    }
    return passages;
  }

  private async write(
    query: string,
    passages: readonly SearchHit[],
    journal: ResearchJournal,
    signal: AbortSignal,
  ): Promise<WrittenAnswer> {
    if (!this.writer.hasModel || passages.length === 0) return this.writer.extract(query, passages);
    try {
      return await this.writer.ask(query, passages.slice(0, 2 * this.settings.passages), signal);
    } catch (thrown) {
      signal.throwIfAborted();
      const error = toResearchError(thrown, 'llm_error');
      await journal.warn(AT.writing, `The report quotes its pages instead: ${error.message}`, error);
      return this.writer.extract(query, passages);
    }
  }
}
