import { Fault, STATS_PATH, type StatsReply, type StatsReport, type WireName } from '@switchyard/contract';
import type { ServerClock } from '../clock/server.clock.js';
import type { HttpApi } from '../http/http.api.js';
import type { TokenKeeper } from '../identity/token.keeper.js';
import { TimerSet } from '../timer/timer.set.js';
import type { PageStatistics } from './page.statistics.js';

/** What a page's reports need. */
export interface PageReportOptions {
  /** The least time between two reports, in milliseconds. */
  everyMs: number;
  statistics: PageStatistics;
  clock: ServerClock;
  http: Pick<HttpApi, 'open'>;
  tokens: Pick<TokenKeeper, 'token'>;
  /** Receives the wire that the server compares a service's own with now; null for none. */
  compareWith(service: string, wire: WireName | null): void;
}

const TIMEOUT_MS = 10_000;

/** How many characters a request that outlives its page may have: browsers refuse more than 64 KB of up to 3 bytes each. */
const MAX_KEEPALIVE = 20_000;

/** The page; outside a browser it has no events. */
const page = globalThis as Partial<EventTarget>;

/** Reports what a page has counted, at random moments one to two intervals apart, if there is anything to report. */
export class PageReport {
  readonly #timers = new TimerSet();
  #cancel?: () => void;

  constructor(private readonly options: PageReportOptions) {
    const { statistics } = options;
    statistics.onNews = () => this.#schedule();
    // What was counted before this code was loaded.
    if (Object.keys(statistics.counts).length > 0) this.#schedule();
    // A page that is left may never run again.
    page.addEventListener?.('pagehide', this.#flush);
  }

  /** Sends the last report. */
  close(): void {
    page.removeEventListener?.('pagehide', this.#flush);
    this.#flush();
    this.#timers.close();
  }

  #schedule(): void {
    this.#cancel ??= this.#timers.after(this.options.everyMs * (1 + Math.random()), this.#flush);
  }

  readonly #flush = (): void => {
    if (!this.#cancel) return;
    this.#cancel();
    this.#cancel = undefined;
    const { statistics: page, clock } = this.options;
    const { counts, arrivals } = page;
    page.counts = {};
    page.arrivals = {};
    const found = [...page.comparisons.values()].flatMap((findings) => findings.take() ?? []);
    const parity = found[0] && found.map(({ report }) => report);
    this.#send({ counts, arrivals, uncertainty_ms: clock.estimate()?.uncertaintyMs, parity }).catch(() => {
      // They are part of the next report.
      Object.entries(counts).forEach(([name, by]) => page.addToReport(name, by));
      found.forEach(({ restore }) => restore());
    });
  };

  /** Sends a report, also while the page is left; rejects when it did not arrive. */
  async #send(report: StatsReport): Promise<void> {
    const { http, tokens, clock, compareWith } = this.options;
    const token = await tokens.token();
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const sentAt = performance.now();
    const keepalive = JSON.stringify(report).length < MAX_KEEPALIVE;
    const response = await http.open(STATS_PATH, token, report, signal, keepalive);
    if (response.status >= 500) throw new Fault('wire.lost');
    const reply = (await response.json().catch(() => null)) as StatsReply | null;
    clock.observe(reply?.server_time, sentAt);
    Object.entries(reply?.shadows ?? {}).forEach(([service, wire]) => compareWith(service, wire));
  }
}
