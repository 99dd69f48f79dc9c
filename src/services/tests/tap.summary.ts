import type { TestSummary } from '@switchyard/services';

/** Where node's runner counts a test that did not come to its end. */
const COUNTS: Readonly<Record<string, 'passed' | 'failed' | 'skipped'>> = {
  pass: 'passed',
  fail: 'failed',
  cancelled: 'failed',
  skipped: 'skipped',
  todo: 'skipped',
};

/** Reads the counts at the end of what node's test runner writes as TAP. */
export class TapSummary {
  private counts = new Map<string, number>();

  /** Takes the next line; the last word on a count is the one that holds, as a test may print anything before. */
  read(line: string): void {
    const match = /^# (pass|fail|cancelled|skipped|todo|duration_ms) (\d+(?:\.\d+)?)$/.exec(line);
    if (match) this.counts.set(match[1]!, Number(match[2]));
  }

  /** The counts; the duration is `elapsed_ms` where the runner said none. */
  summary(elapsed_ms: number): TestSummary {
    const summary = { passed: 0, failed: 0, skipped: 0, duration_s: 0 };
    for (const [name, field] of Object.entries(COUNTS)) summary[field] += this.counts.get(name) ?? 0;
    summary.duration_s = Math.round(this.counts.get('duration_ms') ?? elapsed_ms) / 1000;
    return summary;
  }
}
