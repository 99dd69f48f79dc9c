/** Reads the percentage of a canary as an operator types it: a number with at most three decimals, or what is wrong. */
export function readPercent(typed: string): { percent: number } | { problem: string } {
  const text = typed.trim();
  if (text === '') return { problem: 'Enter the percentage of clients that use Socket.IO.' };
  const [whole, decimals = ''] = /^\d+(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === undefined || Number(whole) > 100) {
    return { problem: 'Enter a number from 0 to 100, for example 5 or 2.5.' };
  }
  return decimals.length > 3 ? { problem: 'Enter at most three decimals.' } : { percent: Number(whole) };
}
