import { parseArgs } from 'node:util';
import { numberOption, type NumberRange } from '../load/number.option.js';

/** The proofs that the program has. */
const PROOFS = ['alarms', 'cost'] as const;
/** A proof that the program has. */
type Proof = (typeof PROOFS)[number];

/** The options of the program. */
export interface ParityOptions {
  proofs: readonly Proof[];
  /** How many matched events are enough. */
  events: number;
  comparisons: number;
  rooms: number;
  /** The events per second in each room. */
  rate: number;
  /** The share of the open connections that is cut at a time, in percent. */
  cut: number;
  /** The time between two cuts, in seconds. */
  every: number;
  pairs: number;
  /** The length of each measurement, in seconds. */
  seconds: number;
  clients: number;
  /** The share of these clients that compare, in percent. */
  sample: number;
  seed: number;
  /** The file for the figures as JSON. */
  json?: string;
}

/** The help text. */
export const HELP = `npm run parity [-- options]   shows that comparing two wires raises no false alarm, and what it costs

  --only proof     alarms or cost; both when left out

alarms: comparisons follow busy rooms on both wires while connections are cut at random
  --events n       the number of events that must match (1000000)
  --comparisons n  the number of comparisons; each follows all rooms on both wires (40)
  --rooms n        the number of rooms (10)
  --rate n         the events per second in each room (20)
  --cut p          the percentage of all connections that is cut each time, of both wires (5)
  --every s        the time between two cuts, in seconds (2)

cost: the delay of delivery on the old wire, with and without comparing clients, in turns
  --pairs n        the number of pairs of measurements (7)
  --seconds n      the length of each measurement (30)
  --clients n      the number of SDK clients (100)
  --sample p       the percentage of them that compare (10)

  --seed n         the same number gives the same plan of cuts (random)
  --json file      writes the figures as JSON
  --help           shows this help

The exit code is 0 if no event differed, as many matched as asked for, and the median of the ratios of the p99 is below the target.`;

/** Parses the arguments; undefined for help. @throws Error with the invalid argument */
export function readOptions(args: readonly string[]): ParityOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      events: { type: 'string', default: '1000000' },
      comparisons: { type: 'string', default: '40' },
      rooms: { type: 'string', default: '10' },
      rate: { type: 'string', default: '20' },
      cut: { type: 'string', default: '5' },
      every: { type: 'string', default: '2' },
      pairs: { type: 'string', default: '7' },
      seconds: { type: 'string', default: '30' },
      clients: { type: 'string', default: '100' },
      sample: { type: 'string', default: '10' },
      seed: { type: 'string', default: `${Math.trunc(Math.random() * 1e9)}` },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const only = PROOFS.find((proof) => proof === values.only);
  if (values.only !== undefined && !only) throw new Error(`unable to begin; --only must be ${PROOFS.join(' or ')}`);
  type Whole = 'events' | 'comparisons' | 'rooms' | 'pairs' | 'clients' | 'seed';
  const whole = (name: Whole, range: NumberRange = { min: 1 }) =>
    numberOption(name, values[name], { ...range, isWhole: true });
  return {
    proofs: only ? [only] : PROOFS,
    events: whole('events'),
    comparisons: whole('comparisons'),
    rooms: whole('rooms', { min: 1, max: 50 }),
    rate: numberOption('rate', values.rate, { above: 0, max: 100 }),
    cut: numberOption('cut', values.cut, { min: 0, max: 100 }),
    every: numberOption('every', values.every, { above: 0 }),
    pairs: whole('pairs'),
    seconds: numberOption('seconds', values.seconds, { above: 0 }),
    clients: whole('clients'),
    sample: numberOption('sample', values.sample, { above: 0, max: 100 }),
    seed: whole('seed', { min: 0 }),
    ...(values.json !== undefined && { json: values.json }),
  };
}
