/** How often something happened, out of how many times it could have. */
export interface Share {
  count: number;
  of: number;
}

/** Terms below this part of the sum do not change it any more. */
const NEGLIGIBLE = 1e-17;

/** The probability that at least so many of so many happen by chance, when each happens with probability `p`. */
export function binomialTail({ count, of }: Share, p: number): number {
  // Only counts above the mean are asked about in earnest; for all others the answer is "likely".
  if (count <= of * p) return 1;
  if (p <= 0) return 0;
  const first = logChoose(of, count) + count * Math.log(p) + (of - count) * Math.log1p(-p);
  return tail(first, count, of, (k) => ((of - k) / (k + 1)) * (p / (1 - p)));
}

/**
 * The probability that at least `a.count` of all counted cases are in `a` by chance, when both have the same rate: Fisher's
 * exact test.
 */
export function fisherTail(a: Share, b: Share): number {
  const of = a.of + b.of;
  const count = a.count + b.count;
  if (of === 0 || a.count <= (count * a.of) / of) return 1;
  const first = logChoose(a.of, a.count) + logChoose(b.of, b.count) - logChoose(of, count);
  const most = Math.min(count, a.of);
  return tail(first, a.count, most, (k) => ((a.of - k) / (k + 1)) * ((count - k) / (b.of - count + k + 1)));
}

/** Both shares together. */
export function together(a: Share, b: Share): Share {
  return { count: a.count + b.count, of: a.of + b.of };
}

/** The part of a share, 0 to 1; 0 of nothing. */
export function rateOf({ count, of }: Share): number {
  return of === 0 ? 0 : count / of;
}

/** The sum of the terms from `from` to `to`, which fall: `e^logFirst`, and then each the one before it times `factor`. */
function tail(logFirst: number, from: number, to: number, factor: (k: number) => number): number {
  let term = 1;
  let sum = 1;
  for (let k = from; k < to && term > sum * NEGLIGIBLE; k += 1) sum += term *= factor(k);
  return Math.min(1, Math.exp(logFirst) * sum);
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

/** Stirling's series from here on, with an error below 1e-12. */
const SMALL = 20;

function logFactorial(n: number): number {
  if (n >= SMALL) {
    const series = 1 / (12 * n) - 1 / (360 * n ** 3) + 1 / (1260 * n ** 5);
    return n * Math.log(n) - n + Math.log(2 * Math.PI * n) / 2 + series;
  }
  let sum = 0;
  for (let i = 2; i <= n; i += 1) sum += Math.log(i);
  return sum;
}
