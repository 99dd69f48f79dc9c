import { parseArgs } from 'node:util';
import { numberOption, type NumberRange } from '../load/number.option.js';

/** The options of a soak. */
export interface SoakOptions {
  minutes: number;
  nodes: number;
  clients: number;
  /** The events per second in each room that the clients follow. */
  rate: number;
  seed: number;
}

/** The help text. */
export const HELP = `npm run soak [-- options]   kills processes at random under load, and counts the events of each client

  --minutes n   the duration (10)
  --nodes 1|2   one process with its own data, or two with a Redis, which is killed too (2)
  --clients n   the number of clients that follow the rooms under load (200)
  --rate n      the events per second in each of these rooms (20)
  --seed n      the same number gives the same kills (random)
  --help        shows this help

Meanwhile every service is kept busy. The exit code is 0 if no event was lost, duplicated or reordered, and no card is
stuck. No process or file is left behind, even after an interrupt.`;

/** Parses the arguments; undefined for help. @throws Error with the invalid argument */
export function readOptions(args: readonly string[]): SoakOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '10' },
      nodes: { type: 'string', default: '2' },
      clients: { type: 'string', default: '200' },
      rate: { type: 'string', default: '20' },
      seed: { type: 'string', default: `${Math.trunc(Math.random() * 1e9)}` },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const number = (name: 'minutes' | 'rate') => numberOption(name, values[name], { above: 0 });
  const whole = (name: 'nodes' | 'clients' | 'seed', range: NumberRange) =>
    numberOption(name, values[name], { ...range, isWhole: true });
  return {
    nodes: whole('nodes', { min: 1, max: 2 }),
    minutes: number('minutes'),
    clients: whole('clients', { min: 1 }),
    rate: number('rate'),
    seed: whole('seed', { min: 0 }),
  };
}
