/** One line of the table: what was tried, how it ended, and what is worth reading about it. */
export interface Outcome {
  part: string;
  name: string;
  /** `not yet`: the framework cannot do it so far, which does not count as a failure. */
  result: 'ok' | 'failed' | 'not yet';
  detail: string;
}

/** Formats the outcomes as a table. */
export function outcomeTable(outcomes: readonly Outcome[]): string {
  const width = (of: (outcome: Outcome) => string) => Math.max(0, ...outcomes.map((outcome) => of(outcome).length));
  const [part, name, result] = [width((one) => one.part), width((one) => one.name), width((one) => one.result)];
  return outcomes
    .map((one) =>
      [one.part.padEnd(part), one.name.padEnd(name), one.result.padEnd(result), one.detail.split('\n')[0]].join('  '),
    )
    .join('\n');
}
