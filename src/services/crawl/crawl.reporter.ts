import { isCrawlOver, type CrawlLogLine, type CrawlProgress, type CrawlStatus } from '@switchyard/services';

/** The stages of a crawl, each with its range of the percentage. */
export const STAGE_RANGES = {
  analyzing: [0, 5],
  crawling: [5, 30],
  processing: [30, 35],
  document_storage: [35, 80],
  code_extraction: [80, 95],
  finalization: [95, 100],
} as const satisfies Partial<Record<CrawlStatus, readonly [number, number]>>;
/** The name of a stage. */
export type CrawlStage = keyof typeof STAGE_RANGES;

/** The fields that a stage may change in addition to the percentage. */
export type CrawlFacts = Partial<
  Pick<CrawlProgress, 'current_url' | 'total_pages' | 'processed_pages' | 'chunks_stored' | 'word_count'>
>;

const MAX_LINES = 50;

/** Makes the progress of a new crawl. */
export function waitingCrawl(progress_id: string): CrawlProgress {
  const now = new Date().toISOString();
  return {
    progress_id,
    status: 'waiting',
    percentage: 0,
    message: 'Waiting to begin',
    total_pages: 0,
    processed_pages: 0,
    chunks_stored: 0,
    word_count: 0,
    started_at: now,
    updated_at: now,
    logs: [],
  };
}

/** Reports the progress of one crawl; the percentage never goes back. */
export class CrawlReporter {
  private stage?: { name: CrawlStage; begun: number };

  /** @param changed called with the new progress after each change; called once with the last one */
  constructor(
    private state: CrawlProgress,
    private readonly changed: (progress: CrawlProgress) => void,
  ) {}

  /** The current progress; a change makes a new object. */
  get progress(): CrawlProgress {
    return this.state;
  }

  /** Whether the crawl has ended. */
  get isOver(): boolean {
    return isCrawlOver(this.state.status);
  }

  /** Reports that the crawl has left the queue. */
  start(message: string): void {
    this.change({ status: 'starting', message }, 'info');
  }

  /** Reports that the crawl waits for its next try, with the reason. */
  wait(message: string): void {
    this.change({ status: 'waiting', message }, 'warning');
  }

  /** Begins a stage; a crawl that is stopping keeps that status. */
  enter(name: CrawlStage, message: string): void {
    this.stage = { name, begun: performance.now() };
    this.change({ status: name, message, percentage: this.percentage(0) }, 'info');
  }

  /** Reports how much of the stage is done, and estimates the remaining time from that. */
  advance(done: number, total: number, facts: CrawlFacts = {}, line?: Omit<CrawlLogLine, 'at'>): void {
    const elapsed_s = this.stage ? (performance.now() - this.stage.begun) / 1000 : 0;
    const eta_s = done > 0 ? Math.ceil((elapsed_s / done) * Math.max(0, total - done)) : undefined;
    const share = total > 0 ? Math.min(1, done / total) : 1;
    this.change({
      ...facts,
      percentage: this.percentage(share),
      ...(eta_s !== undefined && { eta_s }),
      ...(line && { logs: this.lines(line.level, line.message) }),
    });
  }

  /** Reports the source of the pages. */
  setSource(source_id: string): void {
    this.change({ source_id });
  }

  /** Adds a line to the log. */
  log(level: CrawlLogLine['level'], message: string): void {
    this.change({ logs: this.lines(level, message) });
  }

  /** Reports that a user stops the crawl. */
  stopping(message: string): void {
    this.change({ status: 'stopping', message }, 'info');
  }

  /** Ends the crawl; later changes are ignored. */
  finish(status: 'completed' | 'error' | 'cancelled', message: string): void {
    const level = status === 'error' ? 'error' : 'info';
    const end: Partial<CrawlProgress> = {
      status,
      message,
      percentage: status === 'completed' ? 100 : this.state.percentage,
      completed_at: new Date().toISOString(),
      duration_s: Math.max(0, Date.now() - Date.parse(this.state.started_at)) / 1000,
      ...(status === 'error' && { error: message }),
    };
    const { current_url: _url, eta_s: _eta, ...rest } = this.state;
    if (!this.isOver) this.state = rest;
    this.change(end, level);
  }

  private percentage(share: number): number {
    if (!this.stage) return this.state.percentage;
    const [from, to] = STAGE_RANGES[this.stage.name];
    const now = Math.floor((from + (to - from) * share) * 10) / 10;
    return Math.max(this.state.percentage, now);
  }

  private lines(level: CrawlLogLine['level'], message: string): CrawlLogLine[] {
    return [...this.state.logs.slice(1 - MAX_LINES), { at: new Date().toISOString(), level, message }];
  }

  private change(facts: Partial<CrawlProgress>, logged?: CrawlLogLine['level']): void {
    if (this.isOver) return;
    const keepsStopping = this.state.status === 'stopping' && facts.status && !isCrawlOver(facts.status);
    this.state = {
      ...this.state,
      ...facts,
      ...(logged && facts.message && { logs: this.lines(logged, facts.message) }),
      ...(keepsStopping && { status: 'stopping' as const, message: this.state.message ?? '' }),
      updated_at: new Date().toISOString(),
    };
    this.changed(this.state);
  }
}
