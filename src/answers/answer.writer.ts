import { Inject, Injectable } from '@nestjs/common';
import type { Citation } from '@switchyard/services';
import { TextIndex, type SearchHit } from '../corpus/index.js';
import { MODEL, type ModelClient } from '../model/index.js';
import { extractAnswer } from './answer.extract.js';
import { citedIn, pagesOf, promptFor, sourceList } from './answer.prompt.js';

/** An answer as one text, and the pages that it cites. */
export interface WrittenAnswer {
  text: string;
  citations: Citation[];
}

/** Answers a question from passages, with a model or by quoting them. */
@Injectable()
export class AnswerWriter {
  constructor(
    private readonly index: TextIndex,
    @Inject(MODEL) private readonly model: ModelClient | undefined,
  ) {}

  /** Whether a model is configured. */
  get hasModel(): boolean {
    return this.model !== undefined;
  }

  /** Answers by quoting the passages. */
  extract(question: string, hits: readonly SearchHit[]): WrittenAnswer {
    const weigh = (term: string) => this.index.weigh(term);
    const { paragraphs, citations } = extractAnswer({ question, query: question, hits, weigh });
    return { text: paragraphs.join('\n\n'), citations };
  }

  /** Asks the model. @throws Fault `model.*`; TypeError without a model; the signal's reason when it is aborted */
  async ask(question: string, hits: readonly SearchHit[], signal: AbortSignal): Promise<WrittenAnswer> {
    if (!this.model) throw new TypeError('unable to ask the model; none is configured');
    let answer = '';
    for await (const piece of this.model.stream(promptFor(question, [], hits), signal)) answer += piece;
    const cited = citedIn(answer, pagesOf(hits));
    return { text: answer + sourceList(cited), citations: [...cited.values()] };
  }
}
