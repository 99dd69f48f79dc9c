import { isCrawlOver, type CrawlLogLine, type CrawlProgress, type CrawlStatus } from '@switchyard/services';

/** The stages of a crawl with the part of the whole each one is, in percent. */
export const STAGE_RANGES = {
  analyzing: [0, 5],
  crawling: [5, 30],
  processing: [30, 35],
  document_storage: [35, 80],
  code_extraction: [80, 95],
  finalization: [95, 100],
} as const satisfies Partial<Record<CrawlStatus, readonly [number, number]>>;
export type CrawlStage = keyof typeof STAGE_RANGES;

/** What a stage may change beside the percentage. */
export type CrawlFacts = Partial<
  Pick<CrawlProgress, 'current_url' | 'total_pages' | 'processed_pages' | 'chunks_stored' | 'word_count'>
>;

const MAX_LINES = 50;

/** Keeps the progress of one crawl: percentages from work done that never go back, and a fresh snapshot at each change. */
export class CrawlReporter {
  private stage?: { name: CrawlStage; begun: number };
  private state: CrawlProgress;

  /**
   * @param changed gets each snapshot; the one that is over comes once and last
   * @param left where the run was left, if it has been in other hands
   */
  constructor(
    progress_id: string,
    private readonly changed: (progress: CrawlProgress) => void,
    left?: CrawlProgress,
  ) {
    const now = new Date().toISOString();
    this.state = left ?? {
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

  /** Where the crawl is; no later change touches this object. */
  get progress(): CrawlProgress {
    return this.state;
  }

  /** Whether the crawl has ended. */
  get isOver(): boolean {
    return isCrawlOver(this.state.status);
  }

  /** Says that the run has left the queue. */
  start(message: string): void {
    this.change({ status: 'starting', message }, 'info');
  }

  /** Says that the run waits for its turn once more, and why. */
  wait(message: string): void {
    this.change({ status: 'waiting', message }, 'warning');
  }

  /** Goes on to a stage; a crawl that is being stopped stays `stopping`. */
  enter(name: CrawlStage, message: string): void {
    this.stage = { name, begun: performance.now() };
    this.change({ status: name, message, percentage: this.percentage(0) }, 'info');
  }

  /** Says how much of the stage's work is done: `done` of `total` equal parts; the rest is estimated at the rate so far. */
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

  /** Names the source the pages go to. */
  know(source_id: string): void {
    this.change({ source_id });
  }

  /** Adds a line to the log. */
  log(level: CrawlLogLine['level'], message: string): void {
    this.change({ logs: this.lines(level, message) });
  }

  /** Says that the crawl was asked to stop. */
  stopping(message: string): void {
    this.change({ status: 'stopping', message }, 'info');
  }

  /** Ends the crawl; nothing changes it afterwards. */
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
