import type { TestSummary } from '@switchyard/services';

/** The field in which each of the runner's counts is added; a cancelled test counts as failed. */
const COUNTS: Readonly<Record<string, 'passed' | 'failed' | 'skipped'>> = {
  pass: 'passed',
  fail: 'failed',
  cancelled: 'failed',
  skipped: 'skipped',
  todo: 'skipped',
};

/** Reads the counts at the end of the TAP output of Node's test runner. */
export class TapSummary {
  private counts = new Map<string, number>();

  /** Reads the next line; the last line with a count wins, because a test may print a similar line before. */
  read(line: string): void {
    const match = /^# (pass|fail|cancelled|skipped|todo|duration_ms) (\d+(?:\.\d+)?)$/.exec(line);
    if (match) this.counts.set(match[1]!, Number(match[2]));
  }

  /** Returns the counts; the duration is `elapsed_ms` if the runner wrote none. */
  summary(elapsed_ms: number): TestSummary {
    const summary = { passed: 0, failed: 0, skipped: 0, duration_s: 0 };
    for (const [name, field] of Object.entries(COUNTS)) summary[field] += this.counts.get(name) ?? 0;
    summary.duration_s = Math.round(this.counts.get('duration_ms') ?? elapsed_ms) / 1000;
    return summary;
  }
}
