/**
 * `npm run bench`: what Switchyard costs, against raw socket.io and a plain Nest gateway with ValidationPipe.
 *
 * How to read it. A figure is CPU time of the server process, user and system, per operation (µs), or bytes on its
 * heap per connected client (KB): the median over the rounds, and in brackets the least and the greatest. `× raw` is
 * the figure divided by raw socket.io's of the same round, again as a median: it is what to compare between machines
 * and versions, the figures themselves are this machine's. ✔ and ✘ say whether Switchyard keeps its target.
 *
 * What makes the comparison fair. All three do the same work under the same names with the same Socket.IO settings,
 * payloads and replies of equal shape. The systems take turns, so that a slow minute slows each of them. Each figure
 * comes from a server process and a load process of their own; only the server is measured. Code is warmed up with
 * more than 10,000 calls first: cold code misstates the ratios by more than half. Events are published on a clock,
 * below what the load can read, so that no system gains from sending in larger batches.
 *
 * Old peers. A room of plain `ws` peers gets one event; the yardstick is a `ws` server that encodes the frame once and
 * sends the same text to each. The frames of one old wire are the same for all; those of the other also hold a
 * `session_id` of the connection.
 *
 * Who is in a room. Clients that are connected already join one room at once, with presence and without: how long that
 * takes (ms, of the clock), and how long after the last answer all have been told the right count. Here the limit is on
 * the greatest figure. With REDIS_URL, Switchyard keeps its data there.
 *
 * What is not equal, since it is the product: raw socket.io checks nothing; Nest validates; Switchyard validates,
 * authorises the room, limits the size, logs each event and sends its position along.
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
