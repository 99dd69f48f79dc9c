import type { CutDocument } from '../reading/cut.document.js';
import { isReadable, parseContentType } from '../reading/document.reader.js';
import type { ReadDocument } from '../reading/process/document.readers.js';
import { ReadingFailure } from '../reading/reading.failure.js';
import type { RobotsRules } from './robots.rules.js';
import { isSameSite, normalizeUrl } from '../url/site.js';
import type { WebAnswer, WebClient } from './web.client.js';
import { WebFailure } from './web.failure.js';

/** A page that was read successfully. */
export interface VisitedPage {
  kind: 'page';
  /** The address after redirects. */
  url: string;
  document: CutDocument;
}

/** A page without usable content, the reason, and whether a retry may help. */
interface MissedPage {
  kind: 'missed';
  url: string;
  reason: string;
  level: 'info' | 'warning';
  temporary: boolean;
}

/** The result of visiting a page. */
export type Visit = VisitedPage | MissedPage;

/** The rules for redirects during a visit. */
export interface VisitRules {
  /** Allows redirects to another site; only set for the start page. */
  mayLeave: boolean;
  /** Reserves a redirect's target; false when it is already known, because a page counts once. */
  claim(url: string): boolean;
}

const MAX_REDIRECTS = 5;
const isRedirect = (status: number) => [301, 302, 303, 307, 308].includes(status);
const isSuccess = (status: number) => status >= 200 && status < 300;

function wantsBody({ status, headers }: Omit<WebAnswer, 'body'>): boolean {
  return isSuccess(status) && isReadable(parseContentType(headers.get('content-type') ?? undefined).type);
}

/** Creates the result for a page without usable content. */
type Miss = (reason: string, level?: MissedPage['level'], temporary?: boolean) => MissedPage;

/** Fetches pages and checks each redirect before following it. */
export class PageVisitor {
  constructor(
    private readonly web: WebClient,
    private readonly robots: RobotsRules,
    private readonly document: ReadDocument,
  ) {}

  /** Fetches and reads one page. @throws the signal's reason when it is aborted */
  async visit(start: string, signal: AbortSignal, rules: VisitRules): Promise<Visit> {
    let url = start;
    const chain = new Set([start]);
    const miss: Miss = (reason, level = 'warning', temporary = false) => {
      const via = url === start ? '' : `redirected to ${url}, `;
      return { kind: 'missed', url: start, reason: via + reason, level, temporary };
    };
    try {
      for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
        const robots = await this.robots.for(url, signal);
        if (robots.unreadable) throw robots.unreadable;
        if (!robots.allows(url)) return miss('robots.txt does not allow it', 'info');
        const answer = await this.web.get(url, signal, wantsBody);
        if (!isRedirect(answer.status)) return await this.read(answer, signal, miss);
        const target = normalizeUrl(answer.headers.get('location') ?? '', url);
        if (!target) return miss('its redirect leads nowhere');
        if (chain.has(target)) return miss('its redirects go in a circle');
        chain.add(target);
        if (!rules.mayLeave && !isSameSite(start, target)) return miss(`it leads to another site, ${target}`, 'info');
        if (!rules.claim(target)) return miss(`it leads to ${target}, which is known`, 'info');
        url = target;
      }
      return miss(`it redirects more than ${MAX_REDIRECTS} times`);
    } catch (thrown) {
      if (thrown instanceof ReadingFailure) return miss(thrown.message, 'warning', thrown.kind === 'interrupted');
      if (thrown instanceof WebFailure) return miss(thrown.message, 'warning', thrown.kind === 'temporary');
      throw thrown;
    }
  }

  private async read({ url, status, headers, body }: WebAnswer, signal: AbortSignal, miss: Miss): Promise<Visit> {
    if (!isSuccess(status)) return miss(`it answers ${status}`, 'warning', status === 429 || status >= 500);
    const { type, charset } = parseContentType(headers.get('content-type') ?? undefined);
    if (!isReadable(type)) return miss(`it is ${type || 'of no known type'}, not a text`, 'info');
    const robots = headers.get('x-robots-tag');
    const arrival = { url, ...(charset && { charset }), ...(robots && { robots }) };
    return { kind: 'page', url, document: await this.document({ bytes: body, type, arrival }, signal) };
  }
}
