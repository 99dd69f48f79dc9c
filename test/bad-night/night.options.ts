import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { DEATHS, type Death } from '../harness/path.proxy.js';
import { numberOption, type NumberRange } from '../load/number.option.js';

/** Who takes the service back: an operator's command, or the server. */
const TRIPS = ['automatic', 'manual'] as const;
/** Who takes the service back. */
type Trip = (typeof TRIPS)[number];

/** The options of a bad night. */
export interface NightOptions {
  clients: number;
  rooms: number;
  /** The share of the clients on the new wire when it dies, in percent. */
  percent: number;
  death: Death;
  trip: Trip;
  /** The time from the death to a manual trip, in seconds. */
  after: number;
  /** The longest time from the trip until the last client is back, in milliseconds. */
  within: number;
  /** The events per second in each room. */
  rate: number;
  seed: number;
}

/** How long a client may take to notice a silent connection, and to go back, in milliseconds: 25 s + 20 s + 5 s. */
const SILENCE_MS = 50_000;

/**
 * The clients that one core simulates without making itself the cause of what is measured: a client that has lost its wire
 * takes about a millisecond a second, and shares the machine with the server.
 */
const CLIENTS_PER_CORE = 200;
const DEFAULT_CLIENTS = Math.min(1000, CLIENTS_PER_CORE * availableParallelism());

/** The help text. */
export const HELP = `npm run bad-night [-- options]   lets the new wire die while most clients are on it, and counts their way back

  --clients n    the number of SDK clients (${CLIENTS_PER_CORE} for each core, at most 1000; here ${DEFAULT_CLIENTS})
  --rooms n      the number of rooms that they share (50)
  --percent p    the percentage of the clients on Socket.IO when it dies (70)
  --death kind   ${DEATHS.join(' | ')} (${DEATHS[0]})
                   refuse   every connection of it is reset, and every new one
                   hang     every connection of it is reset, and new ones are accepted and never answered
                   silence  nothing on it is answered any more, not even on the open connections
  --trip who     ${TRIPS.join(' | ')} (${TRIPS[1]})
                   manual     the stage is set back to legacy with the admin API
                   automatic  the server does it
  --after s      the seconds from the death to a manual trip (10)
  --within ms    the longest time from the trip until the last client is back on the old wire (5000;
                 ${SILENCE_MS} after a silence, which clients notice after 45 s at the latest)
  --rate n       the events per second in each room (2)
  --seed n       the same number gives the same ids of clients (random)
  --help         shows this help

The old wire and the HTTP API serve all the time; a TCP proxy lets the new wire die, and counts every request. The exit
code is 0 if every client came back in time with at most 1.2 connection attempts each on average, nothing went on to
knock at the dead wire, no event was lost, duplicated or reordered, no client needed a snapshot, each call had exactly
one effect, and everybody could be promoted again. No process or file is left behind, even after an interrupt.`;

/** Parses the arguments; undefined for help. @throws Error with the invalid argument */
export function readOptions(args: readonly string[]): NightOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      clients: { type: 'string', default: `${DEFAULT_CLIENTS}` },
      rooms: { type: 'string', default: '50' },
      percent: { type: 'string', default: '70' },
      death: { type: 'string', default: DEATHS[0] },
      trip: { type: 'string', default: TRIPS[1] },
      after: { type: 'string', default: '10' },
      within: { type: 'string' },
      rate: { type: 'string', default: '2' },
      seed: { type: 'string', default: `${Math.trunc(Math.random() * 1e9)}` },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const number = (name: 'after' | 'rate', range: NumberRange) => numberOption(name, values[name], range);
  const whole = (name: 'clients' | 'rooms' | 'percent' | 'seed', range: NumberRange) =>
    numberOption(name, values[name], { ...range, isWhole: true });
  const death = choice('death', values.death, DEATHS);
  const clients = whole('clients', { min: 1 });
  return {
    clients,
    rooms: whole('rooms', { min: 1, max: clients }),
    percent: whole('percent', { min: 1, max: 100 }),
    death,
    trip: choice('trip', values.trip, TRIPS),
    after: number('after', { min: 0 }),
    within: numberOption('within', values.within ?? (death === 'silence' ? `${SILENCE_MS}` : '5000'), { min: 0 }),
    rate: number('rate', { above: 0 }),
    seed: whole('seed', { min: 0 }),
  };
}

function choice<T extends string>(name: string, text: string, choices: readonly T[]): T {
  const chosen = choices.find((each) => each === text);
  if (chosen === undefined) throw new Error(`unable to begin; --${name} must be one of ${choices.join(', ')}`);
  return chosen;
}
