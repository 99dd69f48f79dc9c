/** The logarithms of the factorials of 0, 1, 2 …, as far as they were needed. */
const LOG_FACTORIALS = [0];

/**
 * The probability of a result at least as unlikely as `hits` of `trials`, in both directions, when each trial hits with the
 * probability `share`: twice the smaller tail of the binomial distribution, at most 1.
 */
export function binomialTest(hits: number, trials: number, share: number): number {
  if (share <= 0) return hits === 0 ? 1 : 0;
  if (share >= 1) return hits === trials ? 1 : 0;
  return Math.min(1, 2 * Math.min(sum(0, hits, trials, share), sum(hits, trials, trials, share)));
}

/** The probability of `from` to `to` hits. */
function sum(from: number, to: number, trials: number, share: number): number {
  let total = 0;
  for (let hits = from; hits <= to; hits += 1) total += Math.exp(logProbability(hits, trials, share));
  return total;
}

function logProbability(hits: number, trials: number, share: number): number {
  const ways = logFactorial(trials) - logFactorial(hits) - logFactorial(trials - hits);
  // `log1p` keeps the digits of a small share.
  return ways + hits * Math.log(share) + (trials - hits) * Math.log1p(-share);
}

function logFactorial(n: number): number {
  for (let next = LOG_FACTORIALS.length; next <= n; next += 1) {
    LOG_FACTORIALS.push(LOG_FACTORIALS[next - 1]! + Math.log(next));
  }
  return LOG_FACTORIALS[n]!;
}
