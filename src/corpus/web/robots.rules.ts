import robotsParser from 'robots-parser';
import { ownLines } from './robots.lines.js';
import { comparedUrl } from './robots.path.js';
import { normalizeUrl } from '../url/site.js';
import type { WebAnswer, WebClient } from './web.client.js';
import { WebFailure } from './web.failure.js';

/** What a host's robots.txt says to us. */
export interface RobotsVerdict {
  allows(url: string): boolean;
  /** Seconds between requests: as many as are asked for, within reason. */
  crawlDelay?: number;
  /** Why nothing is allowed, when that is because the file cannot be read. */
  unreadable?: WebFailure;
}

/** A crawl holds a place that others wait for, so it waits no longer between two requests, whatever a site asks. */
const LONGEST_DELAY_S = 30;
const REDIRECTS = 5;
const isRedirect = (status: number) => status >= 300 && status < 400 && status !== 304;

/** The robots.txt of every host a run meets, each read once (RFC 9309). */
export class RobotsRules {
  private readonly verdicts = new Map<string, Promise<RobotsVerdict>>();

  constructor(private readonly web: WebClient) {}

  /** What the robots.txt of this address's host says. @throws the signal's reason when it is aborted */
  for(url: string, signal: AbortSignal): Promise<RobotsVerdict> {
    const { origin } = new URL(url);
    const known = this.verdicts.get(origin);
    if (known) return known;
    const verdict = this.read(origin, signal);
    this.verdicts.set(origin, verdict);
    return verdict;
  }

  private async read(origin: string, signal: AbortSignal): Promise<RobotsVerdict> {
    const address = `${origin}/robots.txt`;
    try {
      const answer = await this.follow(address, signal);
      if (!answer || (answer.status >= 400 && answer.status < 500)) return { allows: () => true };
      if (answer.status >= 500) {
        return this.unreadable(new WebFailure('temporary', `its robots.txt answers ${answer.status}`));
      }
      return this.parse(origin, address, answer.body);
    } catch (thrown) {
      if (!(thrown instanceof WebFailure)) throw thrown;
      return this.unreadable(thrown);
    }
  }

  private parse(origin: string, address: string, body: Buffer): RobotsVerdict {
    const { userAgent } = this.web.settings;
    const lines = ownLines(body, userAgent);
    if (lines === undefined) return this.unreadable(new WebFailure('unusable', 'its robots.txt has too many patterns'));
    const robots = robotsParser(address, lines);
    const crawlDelay = Math.min(Math.max(robots.getCrawlDelay(userAgent) ?? 0, 0), LONGEST_DELAY_S);
    this.web.hosts.space(new URL(origin).host, crawlDelay * 1000);
    return {
      allows: (url) => robots.isAllowed(comparedUrl(url), userAgent) !== false,
      ...(crawlDelay && { crawlDelay }),
    };
  }

  private async follow(address: string, signal: AbortSignal): Promise<WebAnswer | undefined> {
    let url = address;
    for (let hop = 0; hop <= REDIRECTS; hop += 1) {
      const answer = await this.web.get(url, signal, ({ status }) => status >= 200 && status < 300);
      const target = isRedirect(answer.status) ? normalizeUrl(answer.headers.get('location') ?? '', url) : undefined;
      if (!target) return answer;
      url = target;
    }
    return undefined;
  }

  private unreadable(failure: WebFailure): RobotsVerdict {
    return { allows: () => false, unreadable: failure };
  }
}
