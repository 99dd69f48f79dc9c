/**
 * `npm run bench` compares the cost of Switchyard with raw socket.io and a plain Nest gateway with ValidationPipe.
 *
 * Results: a figure is the server's CPU time per operation, user and system (µs), or its heap per connected
 * client (KB): the median over the rounds, with minimum and maximum in brackets. `× raw` is the median of the ratios to
 * raw socket.io in the same round; compare ratios between machines and versions, because absolute figures depend on
 * the machine. ✔ and ✘ tell whether Switchyard meets its target.
 *
 * Fairness: all three systems do the same work under the same names with the same Socket.IO settings, payloads and
 * replies. The systems take turns, so that a slow minute affects all of them. Each figure comes from a new server
 * process and a new load process; only the server is measured. More than 10,000 calls warm the code up first, because
 * cold code distorts the ratios by more than half. Events are published at a fixed rate that the load process can read,
 * so that no system gains from larger batches.
 *
 * Old peers: a room of plain `ws` peers gets one event; the baseline is a `ws` server that encodes the frame once and
 * sends the same text to each. The frames of one old wire are equal for all peers; those of the other also contain a
 * `session_id` of the connection.
 *
 * Presence: connected clients join one room at once, with and without presence. The bench measures the duration
 * (milliseconds of wall time) and the time from the last reply until all clients know the right count; the target
 * limits the maximum. With REDIS_URL, Switchyard stores its data there.
 *
 * Intended differences: raw socket.io validates nothing; Nest validates; Switchyard validates, authorizes the room,
 * limits the size, logs each event and sends its position.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { HELP, readOptions, type BenchOptions } from './bench.options.js';
import type { Measure, Plan } from './measure/measure.js';
import { SYSTEMS, withPair } from './process/system.js';
import { compare, type Compared, type Series } from './report/comparison.js';
import { machine } from './report/machine.js';
import { table } from './report/table.js';

async function takeTurns(measure: Measure, plan: Plan): Promise<Series[]> {
  const { systems: names = ['raw', 'nest', 'switchyard'] } = measure;
  const systems = SYSTEMS.filter(({ name }) => names.includes(name));
  const series: Series[] = systems.map(({ name, label }) => ({ system: name, label, values: [] }));
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const [index, system] of systems.entries()) {
      progress(`${measure.title}: round ${round + 1} of ${plan.rounds}, ${system.label} `);
      series[index]!.values.push(await withPair(system, (pair) => measure.take(pair, plan, system)));
    }
  }
  progress('');
  return series;
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

async function bench({ plan, measures, json, assert }: BenchOptions): Promise<number> {
  const made = machine();
  console.log(`${made.cpu}, ${made.cores} cores, ${made.memory_gb} GB, Node ${made.node}`);
  console.log(
    Object.entries(made.packages)
      .map((entry) => entry.join(' '))
      .join(', '),
  );
  console.log(`${plan.rounds} rounds: median (least–greatest)`);
  if (plan.profiles) mkdirSync(plan.profiles, { recursive: true });
  const results: { measure: string; unit: string; systems: Compared[] }[] = [];
  for (const measure of measures) {
    const systems = compare(measure, await takeTurns(measure, plan));
    results.push({ measure: measure.name, unit: measure.unit, systems });
    console.log(`\n${table(measure, systems)}`);
  }
  if (json)
    writeFileSync(json, `${JSON.stringify({ at: new Date().toISOString(), machine: made, plan, results }, null, 2)}\n`);
  const missed = results.some(({ systems }) => systems.some(({ met }) => met === false));
  return assert && missed ? 1 : 0;
}

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options) return bench(options);
  console.log(HELP);
  return 0;
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  },
);
