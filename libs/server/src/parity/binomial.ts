/** The logarithms of the factorials of 0, 1, 2 …, as far as they were needed. */
const LOG_FACTORIALS = [0];
/** A term that is so much smaller than the sum changes none of its digits. */
const NOTHING = 1e-17;

/**
 * The probability of a result at least as unlikely as `hits` of `trials`, in both directions, when each trial hits with the
 * probability `share`: twice the smaller tail of the binomial distribution, at most 1.
 */
export function binomialTest(hits: number, trials: number, share: number): number {
  if (share <= 0) return hits === 0 ? 1 : 0;
  if (share >= 1) return hits === trials ? 1 : 0;
  // The median is less than one from the mean, so the smaller tail is on the side of the mean where `hits` is.
  const isLow = hits <= trials * share;
  const tail = isLow ? lowerTail(hits, trials, share) : lowerTail(trials - hits, trials, 1 - share);
  return Math.min(1, 2 * tail);
}

/** The probability of at most `hits`, which are at most the mean, so that each term is smaller than the one before it. */
function lowerTail(hits: number, trials: number, share: number): number {
  let term = Math.exp(logProbability(hits, trials, share));
  let total = term;
  for (let each = hits; each > 0 && term > total * NOTHING; each -= 1) {
    term *= (each / (trials - each + 1)) * ((1 - share) / share);
    total += term;
  }
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
