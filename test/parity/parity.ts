import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { machine } from '../bench/report/machine.js';
import { onInterrupt, runProgram, show } from '../load/load.main.js';
import { AlarmRun, type AlarmFigures } from './parity.alarms.js';
import { CostRun, type CostPair } from './parity.cost.js';
import { HELP, readOptions, type ParityOptions } from './parity.options.js';
import {
  alarmFaults,
  alarmProgress,
  alarmReport,
  costFaults,
  costReport,
  machineLines,
  pairLine,
  ratioOf,
} from './parity.report.js';

/** Clears the line of the progress on a terminal. */
const NEW_LINE = process.stdout.isTTY ? '\r\x1b[K' : '';
const print = (lines: readonly string[]) => console.log(`${NEW_LINE}${lines.join('\n')}`);

/** What is being run now, for an interrupt. */
interface Current {
  report(): string[];
  close(): Promise<void>;
}
let current: Current | undefined;

async function alarms(options: ParityOptions): Promise<AlarmFigures> {
  const run = await AlarmRun.start(options);
  current = { report: () => alarmReport(run.figures, options), close: () => run.close() };
  const showing = show(() => alarmProgress(run.figures, options));
  try {
    await run.run();
  } finally {
    clearInterval(showing);
    await run.close();
  }
  print(alarmReport(run.figures, options));
  return run.figures;
}

async function cost(options: ParityOptions): Promise<readonly CostPair[]> {
  const run = await CostRun.start(options);
  current = { report: () => [], close: () => run.close() };
  try {
    await run.run((pair, number) => print([pairLine(pair, number, options)]));
  } finally {
    await run.close();
  }
  print(costReport(run.pairs, options));
  return run.pairs;
}

async function parity(options: ParityOptions): Promise<number> {
  const isInterrupted = onInterrupt(
    () => print(current?.report() ?? []),
    async () => current?.close(),
  );
  print(machineLines());
  const found = options.proofs.includes('alarms') ? await alarms(options) : undefined;
  const costs = options.proofs.includes('cost') && !isInterrupted() ? await cost(options) : undefined;
  const faults = [...(found ? alarmFaults(found, options) : []), ...(costs ? costFaults(costs, options) : [])];
  const { json, ...sizes } = options;
  if (json !== undefined) {
    const ratio = costs && costs.length > 0 ? { p50: ratioOf(costs, 'p50'), p99: ratioOf(costs, 'p99') } : undefined;
    const figures = {
      at: new Date().toISOString(),
      machine: machine(),
      options: sizes,
      alarms: found,
      cost: costs,
      ratio,
    };
    writeFileSync(json, `${JSON.stringify({ ...figures, faults }, null, 2)}\n`);
  }
  print([faults.length === 0 ? 'proved' : 'NOT PROVED']);
  return faults.length === 0 ? 0 : 1;
}

runProgram({ help: HELP, read: readOptions, run: parity });
