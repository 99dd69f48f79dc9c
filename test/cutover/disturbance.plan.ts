import { randomFrom } from '../harness/random.js';
import type { CutoverOptions } from './cutover.options.js';

/** The share of the clients that has moved when connections are cut. */
export interface Cut {
  after: number;
  /** Chooses the connections. */
  choose: () => number;
}

/** The share of the clients that has moved when a node is killed, and the index of the node. */
export interface Kill {
  after: number;
  node: number;
}

/** What is done in the middle of a move. */
export interface Disturbance {
  cut?: Cut;
  kill?: Kill;
}

/** Plans what is done in the middle of each move, in order; the seed decides. */
export function planDisturbances(
  options: Pick<CutoverOptions, 'moves' | 'nodes' | 'cut' | 'kill' | 'seed'>,
): Disturbance[] {
  const random = randomFrom(options.seed);
  const ranks = Array.from({ length: options.moves }, random);
  const last = [...ranks].sort((a, b) => a - b)[options.kill - 1] ?? -1;
  const middle = () => 0.1 + 0.8 * random();
  return ranks.map((rank, move) => ({
    ...(options.cut > 0 && { cut: { after: middle(), choose: randomFrom(options.seed + move + 1) } }),
    ...(rank <= last && { kill: { after: middle(), node: Math.trunc(random() * options.nodes) } }),
  }));
}
