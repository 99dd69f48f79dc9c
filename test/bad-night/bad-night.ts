import 'reflect-metadata';
import { onInterrupt, runProgram, show } from '../load/load.main.js';
import { HELP, readOptions, type NightOptions } from './night.options.js';
import { faultsOf, plan, progress, report } from './night.report.js';
import { NightRun } from './night.run.js';

const REFRESH_MS = 1000;
/** Clears the line of the progress on a terminal. */
const NEW_LINE = process.stdout.isTTY ? '\r\x1b[K' : '';

async function badNight(options: NightOptions): Promise<number> {
  console.log(`starting ${plan(options)}`);
  const run = await NightRun.start(options);
  const { figures, requests } = run;
  const isInterrupted = onInterrupt(
    () => console.log(report(figures, requests, options)),
    () => run.close(),
  );
  // When a process has ended, the next step fails too, and reports it.
  const refresh = () => void run.refresh().catch(() => undefined);
  const showing = [show(() => progress(figures, requests.phase)), setInterval(refresh, REFRESH_MS)];
  try {
    await run.begin();
    await run.die();
    await run.trip();
    await run.comeBack();
    await run.recover();
    await run.end();
  } finally {
    showing.forEach(clearInterval);
    if (!isInterrupted()) await run.close();
  }
  console.log(`${NEW_LINE}${report(figures, requests, options)}`);
  return faultsOf(figures, requests, options).length === 0 ? 0 : 1;
}

runProgram({ help: HELP, read: readOptions, run: badNight });
