import robotsParser from 'robots-parser';
import { ownLines } from './robots.lines.js';
import { comparedUrl } from './robots.path.js';
import { normalizeUrl } from '../url/site.js';
import type { WebAnswer, WebClient } from './web.client.js';
import { WebFailure } from './web.failure.js';

/** The rules of a host's robots.txt for this crawler. */
export interface RobotsPolicy {
  allows(url: string): boolean;
  /** The requested seconds between requests, limited to 30. */
  crawlDelay?: number;
  /** Why the file is unreadable; then nothing is allowed. */
  unreadable?: WebFailure;
}

/** The longest accepted delay, because other crawls wait for this one's place. */
const MAX_DELAY_S = 30;
const MAX_REDIRECTS = 5;
const isRedirect = (status: number) => status >= 300 && status < 400 && status !== 304;

/** Reads the robots.txt of each host once in a run (RFC 9309). */
export class RobotsRules {
  private readonly policies = new Map<string, Promise<RobotsPolicy>>();

  constructor(private readonly web: WebClient) {}

  /** Returns the rules of an address's host. @throws the signal's reason when it is aborted */
  for(url: string, signal: AbortSignal): Promise<RobotsPolicy> {
    const { origin } = new URL(url);
    const known = this.policies.get(origin);
    if (known) return known;
    const policy = this.read(origin, signal);
    this.policies.set(origin, policy);
    return policy;
  }

  private async read(origin: string, signal: AbortSignal): Promise<RobotsPolicy> {
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

  private parse(origin: string, address: string, body: Buffer): RobotsPolicy {
    const { userAgent } = this.web.settings;
    const lines = ownLines(body, userAgent);
    if (lines === undefined) return this.unreadable(new WebFailure('unusable', 'its robots.txt has too many patterns'));
    const robots = robotsParser(address, lines);
    const crawlDelay = Math.min(Math.max(robots.getCrawlDelay(userAgent) ?? 0, 0), MAX_DELAY_S);
    this.web.hosts.setDelay(new URL(origin).host, crawlDelay * 1000);
    return {
      allows: (url) => robots.isAllowed(comparedUrl(url), userAgent) !== false,
      ...(crawlDelay && { crawlDelay }),
    };
  }

  private async follow(address: string, signal: AbortSignal): Promise<WebAnswer | undefined> {
    let url = address;
    for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
      const answer = await this.web.get(url, signal, ({ status }) => status >= 200 && status < 300);
      const target = isRedirect(answer.status) ? normalizeUrl(answer.headers.get('location') ?? '', url) : undefined;
      if (!target) return answer;
      url = target;
    }
    return undefined;
  }

  private unreadable(failure: WebFailure): RobotsPolicy {
    return { allows: () => false, unreadable: failure };
  }
}
