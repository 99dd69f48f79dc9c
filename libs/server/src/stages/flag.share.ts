import type { WireName } from '@switchyard/contract';

/** flagd accepts whole weights only, so this is the precision of a percentage. */
const WEIGHTS_OF_ONE_PERCENT = 1000;
const TOTAL = 100 * WEIGHTS_OF_ONE_PERCENT;

/** The variants of a flag that has no others. */
const WIRES: Readonly<Record<WireName, WireName>> = { legacy: 'legacy', socketio: 'socketio' };

/** A bucket of flagd's `fractional`: a variant and its weight. */
type Bucket = [variant: string, weight: number];

/** Targeting rules, and whether a `fractional` between the two wires was found in them. */
interface Weighted<T> {
  rules: T;
  found: boolean;
}

/** The rule of flagd that gives `percent` of the keys Socket.IO. */
export function shareOf(percent: number): { fractional: Bucket[] } {
  const weight = Math.round(percent * WEIGHTS_OF_ONE_PERCENT);
  return {
    fractional: [
      ['socketio', weight],
      ['legacy', TOTAL - weight],
    ],
  };
}

/** Whether rules give `percent` of all keys Socket.IO and the others the old wire, and do nothing else. */
export function isShareOf(rules: unknown, percent: number): boolean {
  if (typeof rules !== 'object' || rules === null) return false;
  const [[rule, buckets] = [], ...others] = Object.entries(rules) as [string, unknown][];
  const split = rule === 'fractional' && others.length === 0 ? splitOf(buckets, WIRES) : undefined;
  if (!split || split.key.length > 0) return false;
  const weights = new Map(buckets as Bucket[]);
  const [socketio = NaN, legacy = NaN] = [weights.get('socketio'), weights.get('legacy')];
  // Weights are whole numbers, percentages have three decimals.
  return Math.abs((socketio / (socketio + legacy)) * 100 - percent) < 1e-6;
}

/**
 * Gives every `fractional` between the two wires new weights, at any depth of the rules. One whose buckets are anything
 * but one for each wire stays as it is: a percentage has no meaning in it.
 *
 * @param variants what each variant stands for
 */
export function withShare<T>(rules: T, variants: Readonly<Record<string, unknown>>, percent: number): Weighted<T> {
  const weight = Math.round(percent * WEIGHTS_OF_ONE_PERCENT);
  let found = false;
  const visit = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(visit);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(
      Object.entries(node).map(([rule, value]) => [rule, weighted(rule, value) ?? visit(value)]),
    );
  };
  const weighted = (rule: string, buckets: unknown): unknown[] | undefined => {
    const split = rule === 'fractional' ? splitOf(buckets, variants) : undefined;
    if (!split) return undefined;
    found = true;
    return [
      ...split.key,
      ...split.buckets.map(([name, wire]) => [name, wire === 'socketio' ? weight : TOTAL - weight]),
    ];
  };
  return { rules: visit(rules) as T, found };
}

interface Split {
  /** The rule that gives the text by which keys are bucketed, if there is one. */
  key: unknown[];
  buckets: [variant: string, wire: WireName][];
}

/** The parts of a `fractional` that divides keys between the two wires; undefined when it divides them otherwise. */
function splitOf(parts: unknown, variants: Readonly<Record<string, unknown>>): Split | undefined {
  if (!Array.isArray(parts)) return undefined;
  const key = Array.isArray(parts[0]) ? [] : parts.slice(0, 1);
  const buckets = parts.slice(key.length).map((bucket: unknown): [string, unknown] | undefined => {
    const variant: unknown = Array.isArray(bucket) ? bucket[0] : undefined;
    return typeof variant === 'string' ? [variant, variants[variant]] : undefined;
  });
  const wires = buckets.map((bucket) => bucket?.[1]);
  const isSplit = wires.length === 2 && wires.includes('socketio') && wires.includes('legacy');
  return isSplit ? { key, buckets: buckets as Split['buckets'] } : undefined;
}
