import { parseArgs } from 'node:util';
import { numberOption, type NumberRange } from '../load/number.option.js';
import { SERVICES } from './stage.control.js';

/** The options of a cut-over. */
export interface CutoverOptions {
  clients: number;
  rooms: number;
  moves: number;
  /** How often all clients go there and back before the moves that count. */
  warmUp: number;
  nodes: number;
  /** The share of open connections that is cut during each move, in percent. */
  cut: number;
  /** The number of moves in the middle of which a node is killed. */
  kill: number;
  /** The events per second in each room. */
  rate: number;
  seed: number;
  service: string;
}

/** The help text. */
export const HELP = `npm run cutover [-- options]   moves connected clients between the old wire and Socket.IO, and counts their events

  --clients n    the number of SDK clients (1000)
  --rooms n      the number of rooms that they share (50)
  --moves n      how often the stage changes, from legacy to socketio and back in turn (20)
  --warm-up n    how often all clients go there and back before that; nothing may go wrong, but gaps are shown apart (1)
  --nodes 1|2    one process with its own data, or two with a Redis (1)
  --cut p        the percentage of the connections that are cut at random during each move (0)
  --kill n       the number of moves in the middle of which a node is killed and started again (0)
  --rate n       the events per second in each room (5)
  --seed n       the same number gives the same plan of cuts and kills (random)
  --service name the service that moves: ${SERVICES.join(', ')} (${SERVICES[0]})
  --help         shows this help

The stage is changed through the admin API. The exit code is 0 if every client moved each time, no event was lost,
duplicated or reordered, no client needed a snapshot, and each call had exactly one effect. No process or file is left
behind, even after an interrupt.`;

/** Parses the arguments; undefined for help. @throws Error with the invalid argument */
export function readOptions(args: readonly string[]): CutoverOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      clients: { type: 'string', default: '1000' },
      rooms: { type: 'string', default: '50' },
      moves: { type: 'string', default: '20' },
      'warm-up': { type: 'string', default: '1' },
      nodes: { type: 'string', default: '1' },
      cut: { type: 'string', default: '0' },
      kill: { type: 'string', default: '0' },
      rate: { type: 'string', default: '5' },
      seed: { type: 'string', default: `${Math.trunc(Math.random() * 1e9)}` },
      service: { type: 'string', default: SERVICES[0] },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const whole = (name: 'clients' | 'rooms' | 'moves' | 'warm-up' | 'nodes' | 'kill' | 'seed', range: NumberRange) =>
    numberOption(name, values[name], { ...range, isWhole: true });
  if (!SERVICES.includes(values.service))
    throw new Error(`unable to begin; --service must be one of ${SERVICES.join(', ')}`);
  const clients = whole('clients', { min: 1 });
  const moves = whole('moves', { min: 1 });
  return {
    clients,
    rooms: whole('rooms', { min: 1, max: clients }),
    moves,
    warmUp: whole('warm-up', { min: 0 }),
    nodes: whole('nodes', { min: 1, max: 2 }),
    cut: numberOption('cut', values.cut, { min: 0, max: 100 }),
    kill: whole('kill', { min: 0, max: moves }),
    rate: numberOption('rate', values.rate, { above: 0 }),
    seed: whole('seed', { min: 0 }),
    service: values.service,
  };
}
