import { parseArgs } from 'node:util';
import { call, correlated } from './measure/call.measure.js';
import { fanout } from './measure/fanout.measure.js';
import { heap } from './measure/heap.measure.js';
import { oldPeers, oldPeersPersonal } from './measure/old-peers.measure.js';
import { memberCount, storm } from './measure/storm.measure.js';
import type { Measure, Plan } from './measure/measure.js';

const FULL: Plan = {
  rounds: 7,
  warmUpCalls: 30_000,
  calls: 40_000,
  warmUpEvents: 100,
  events: 250,
  connections: 1000,
  members: 4000,
};
const QUICK: Plan = {
  rounds: 3,
  warmUpCalls: 15_000,
  calls: 20_000,
  warmUpEvents: 60,
  events: 120,
  connections: 500,
  members: 1000,
};

const GROUPS: Readonly<Record<string, readonly Measure[]>> = {
  call: [call, correlated],
  fanout: [fanout],
  'old-peers': [oldPeers, oldPeersPersonal],
  heap: [heap],
  presence: [storm, memberCount],
};

/** The options of a run. */
export interface BenchOptions {
  plan: Plan;
  measures: readonly Measure[];
  json?: string;
  assert: boolean;
}

/** The help text. */
export const HELP = `npm run bench [-- options]   CPU and heap of Switchyard against raw socket.io and a plain Nest gateway

  --only part               call, fanout, old-peers, heap or presence; may be given several times
  --quick                   fewer and smaller rounds
  --rounds n                the number of rounds (${FULL.rounds}, quick ${QUICK.rounds})
  --json file               writes every figure to a file as well
  --assert                  exit code 1 when a target is missed
  --profile folder          writes a CPU profile of each measured part; the figures are then higher
  --help                    shows this help`;

/** Parses the arguments; undefined for help. @throws Error with the invalid argument */
export function readOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true, default: Object.keys(GROUPS) },
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      json: { type: 'string' },
      assert: { type: 'boolean', default: false },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const plan = { ...(values.quick ? QUICK : FULL), ...(values.profile && { profiles: values.profile }) };
  if (values.rounds !== undefined) plan.rounds = Number(values.rounds);
  if (!(Number.isSafeInteger(plan.rounds) && plan.rounds > 0))
    throw new Error('unable to begin; --rounds must be a whole number above 0');
  const measures = values.only.flatMap((name) => {
    if (!Object.hasOwn(GROUPS, name))
      throw new Error(`unable to measure "${name}"; the parts are ${Object.keys(GROUPS).join(', ')}`);
    return GROUPS[name]!;
  });
  return { plan, measures, assert: values.assert, ...(values.json && { json: values.json }) };
}
