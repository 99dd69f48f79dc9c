import { Injectable, Logger } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { RunAborted } from '@switchyard/server';
import type { EngineResult, ResearchReport } from '@switchyard/services';
import { AnswerWriter, counted, pagesOf, termsAsked, type WrittenAnswer } from '../../answers/index.js';
import { PageReader, passagesOf, type SearchHit } from '../../corpus/index.js';
import { toResearchError } from './research.error.js';
import type { ResearchReporter } from './research.reporter.js';
import { ResearchSettings } from './research.settings.js';
import type { SearchEngine } from './search.engine.js';

/** The progress at which each phase begins, in percent. */
const AT = { planning: 0, searching: 5, reading: 50, writing: 85 } as const;

/** The passages that one engine found. */
interface Finding extends EngineResult {
  hits: SearchHit[];
  isSecondHand: boolean;
}

/** Researches a question: asks every engine, reads the pages found, and writes a report. */
@Injectable()
export class ResearchWorker {
  private readonly logger = new Logger(ResearchWorker.name);

  constructor(
    private readonly reader: PageReader,
    private readonly writer: AnswerWriter,
    private readonly settings: ResearchSettings,
  ) {}

  /** Does a research for `owner`, and publishes its progress and its end with the reporter. */
  async work(
    reporter: ResearchReporter,
    engines: readonly SearchEngine[],
    signal: AbortSignal,
    owner?: string,
  ): Promise<void> {
    try {
      await reporter.complete(await this.research(reporter.state.query, engines, reporter, signal, owner));
    } catch (thrown) {
      const reason = RunAborted.of(signal);
      if (reason === 'stopped') await reporter.cancel('Stopped');
      else await this.fail(reporter, reason ? new Fault(`research.${reason}`) : thrown);
    }
  }

  private async fail(reporter: ResearchReporter, thrown: unknown): Promise<void> {
    if (!(thrown instanceof Fault)) this.logger.error(thrown);
    await reporter.fail(toResearchError(thrown, 'connection'));
  }

  /** Writes the report. @throws the error of the last engine when all failed; the signal's reason when it is aborted */
  private async research(
    query: string,
    engines: readonly SearchEngine[],
    reporter: ResearchReporter,
    signal: AbortSignal,
    owner: string | undefined,
  ): Promise<ResearchReport> {
    const began = performance.now();
    const names = engines.map(({ label }) => label).join(', ');
    await reporter.enter('planning', AT.planning, `Looking for ${[...termsAsked(query)].join(', ')} in ${names}`);
    await reporter.enter('searching', AT.searching, `Asking ${names}`);
    const findings = await this.search(query, engines, reporter, signal);
    const passages = await this.read(findings, reporter, signal, owner);
    await reporter.enter('writing', AT.writing, `Writing the report from ${counted(pagesOf(passages).length, 'page')}`);
    const { text, citations } = await this.write(query, passages, reporter, signal);
    const found = findings.map(({ engine, result_count }) => ({ engine, result_count }));
    const duration_s = Math.round(performance.now() - began) / 1000;
    const sources = citations.map(({ url, title }) => ({ url, title }));
    return { title: query, content: text, sources, engines: found, duration_s };
  }

  private async search(
    query: string,
    engines: readonly SearchEngine[],
    reporter: ResearchReporter,
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
        await reporter.select({ engine: name, result_count: hits.length });
        await reporter.note(progress, `Found ${counted(hits.length, 'passage')} in ${label}`);
      } catch (thrown) {
        signal.throwIfAborted();
        failure = thrown;
        const error = toResearchError(thrown, 'connection');
        await reporter.warn(progress, `Nothing from ${label}: ${error.message}`, error);
      }
    }
    if (findings.length === 0) throw failure;
    return findings;
  }

  /** Returns all passages; it reads the pages of second-hand ones, and replaces them where that succeeds. */
  private async read(
    findings: readonly Finding[],
    reporter: ResearchReporter,
    signal: AbortSignal,
    owner: string | undefined,
  ): Promise<SearchHit[]> {
    const known = new Map(findings.flatMap(({ hits }) => hits).map((hit) => [hit.chunk.id, hit]));
    const secondHand = pagesOf(findings.filter(({ isSecondHand }) => isSecondHand).flatMap(({ hits }) => hits));
    const pages = secondHand.filter(({ url }) => /^https?:/.test(url)).slice(0, this.settings.readPages);
    await reporter.enter('reading', AT.reading, `Reading ${counted(pages.length, 'page')}`);
    const passages = [...known.values()];
    for (const [place, { url, source_id }] of pages.entries()) {
      const progress = AT.reading + ((AT.writing - AT.reading) * (place + 1)) / pages.length;
      const visit = await this.reader.read(url, signal, owner);
      signal.throwIfAborted();
      if (visit.kind === 'missed') {
        await reporter.warn(progress, `${url} is used as it was found: ${visit.reason}`);
        continue;
      }
      const at = passages.findIndex((hit) => hit.url === url);
      const others = passages.filter((hit) => hit.url !== url);
      const fresh = passagesOf(visit, source_id);
      passages.splice(0, passages.length, ...others.slice(0, at), ...fresh, ...others.slice(at));
      await reporter.note(progress, `Read ${url}`);
    }
    return passages;
  }

  private async write(
    query: string,
    passages: readonly SearchHit[],
    reporter: ResearchReporter,
    signal: AbortSignal,
  ): Promise<WrittenAnswer> {
    if (!this.writer.hasModel || passages.length === 0) return this.writer.extract(query, passages);
    try {
      return await this.writer.ask(query, passages.slice(0, 2 * this.settings.passages), signal);
    } catch (thrown) {
      signal.throwIfAborted();
      const error = toResearchError(thrown, 'llm_error');
      await reporter.warn(AT.writing, `The report quotes its pages instead: ${error.message}`, error);
      return this.writer.extract(query, passages);
    }
  }
}
