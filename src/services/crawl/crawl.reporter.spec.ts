import type { CrawlProgress } from '@switchyard/services';
import { CrawlReporter, waitingCrawl } from './crawl.reporter.js';

describe('the report of a crawl', () => {
  let seen: CrawlProgress[];
  let report: CrawlReporter;
  beforeEach(() => {
    seen = [];
    report = new CrawlReporter(waitingCrawl('one'), (progress) => seen.push(progress));
  });

  it('computes the percentage from the finished work', () => {
    report.enter('document_storage', 'Storing');
    report.advance(1, 2, { chunks_stored: 1 });
    expect(report.progress).toMatchObject({ percentage: 57.5, chunks_stored: 1, eta_s: 1 });
    report.advance(2, 2);
    expect(report.progress).toMatchObject({ percentage: 80, eta_s: 0 });
  });

  it('never lowers the percentage when more work appears', () => {
    report.enter('crawling', 'Reading');
    report.advance(1, 2);
    report.advance(2, 200);
    expect(report.progress.percentage).toBe(17.5);
  });

  it('makes a new progress with each change and leaves the old ones as they were', () => {
    report.enter('analyzing', 'Looking');
    const before = structuredClone(seen[0]);
    report.log('info', 'more');
    expect(seen[0]).toEqual(before);
    expect(seen[1]).not.toBe(seen[0]);
  });

  it('keeps the last fifty lines', () => {
    for (let line = 1; line <= 60; line += 1) report.log('info', `line ${line}`);
    const { logs } = report.progress;
    expect(logs).toHaveLength(50);
    expect([logs[0]!.message, logs.at(-1)!.message]).toEqual(['line 11', 'line 60']);
  });

  it('keeps the status stopping until the crawl ends, and ends once', () => {
    report.enter('crawling', 'Reading');
    report.advance(1, 4, { current_url: 'http://a/' });
    report.stopping('Stopping');
    report.enter('processing', 'Cutting');
    expect(report.progress).toMatchObject({ status: 'stopping', message: 'Stopping' });
    report.finish('cancelled', 'Stopped');
    report.finish('completed', 'Done');
    report.log('info', 'late');
    expect(report.progress).toMatchObject({ status: 'cancelled', message: 'Stopped', percentage: 30 });
    expect(report.progress).not.toHaveProperty('current_url');
    expect(report.progress).not.toHaveProperty('error');
    expect(seen.filter(({ status }) => status === 'cancelled')).toHaveLength(1);
  });
});
